import ParaAdapters
public import ParaEngine
public import ParaFlow

/// Reads each batch's prompts in packed passes; PARA's vectors are made here.
///
/// A batch is read in one pass where the engine's memory has room for all of its rows at once, else
/// in parts, as rows before it leave. A row fails when its adapter cannot be read any more, or when
/// it needs more memory than there is.
public func prefill(with engine: Engine) -> Stage<Batch<Prompt>, Row<PrefilledRow>> {
  Stage(
    "prefill", concurrency: engine.options.workers, capacity: engine.options.queuedPrompts
  ) { input, output in
    let prefiller = Prefiller(engine)
    while let batch = try input.next() {
      var waiting = batch.rows[...]
      while !waiting.isEmpty {
        let admitted = try admit(&waiting, to: engine, output)
        var read = Array(prefiller.prefilled(admitted).reversed())
        // Whoever takes a row on is the only one to hold it: its memory is free when it leaves.
        while let row = read.popLast() { try output.send(row) }
      }
    }
  }
}

/// A row and what the engine is asked for it.
private typealias Asked = (row: Row<Prompt>, request: GenerationRequest)

/// Takes the rows that there is room for now, waiting for room for the first.
private func admit(
  _ waiting: inout ArraySlice<Row<Prompt>>, to engine: Engine,
  _ output: StageOutput<Row<PrefilledRow>>
) throws -> [Asked] {
  var admitted: [Asked] = []
  while let row = waiting.first {
    do {
      var request = try row.value.usableRequest(row: row.origin.number)
      switch engine.admit(&request, waits: admitted.isEmpty) {
      case .admitted: admitted.append((row, request))
      case .later: return admitted
      case .refused(let needed, let limit):
        throw RequestError.tooLarge(RequestSize(request), needed: needed, limit: limit)
      case .stopped: throw FlowError.cancelled
      }
    } catch {
      try output.fail(row.origin, error)
    }
    waiting.removeFirst()
  }
  return admitted
}

extension Prefiller {
  fileprivate func prefilled(_ asked: [Asked]) -> [Row<PrefilledRow>] {
    zip(asked, prefill(asked.map(\.request))).map { asked, state in
      asked.row.map { PrefilledRow(prompt: $0, state: state) }
    }
  }
}

extension Prompt {
  /// What the engine is asked for, with the adapter itself.
  func request(row: Int) throws -> GenerationRequest {
    var request = GenerationRequest(
      tokens: tokens, adapter: try adapter?.adapter(), settings: settings, row: UInt64(row))
    if let stopStrings { request.completesStopString = { stopStrings.isCompleted(by: $0) } }
    request.continuations = choiceTokens
    return request
  }

  fileprivate func usableRequest(row: Int) throws -> GenerationRequest {
    do { return try request(row: row) } catch { throw RequestError.unusableAdapter(error) }
  }
}
