import ParaAdapters
public import ParaEngine
public import ParaFlow

/// A prompt after prefill.
public struct Prefilled: Sendable {
  public var prompt: Prompt
  /// Its KV cache, its adapter's vectors and its first next-token candidates; nil for a row that takes the answer of
  /// another.
  let state: PrefilledPrompt?
  /// The answer that it shares with rows that ask the same; nil for a sampled row.
  let answer: SharedAnswer?
}

/// Runs each batch's prompts through the model, packed. PARA's vectors are computed on the way, at the
/// beginning of each layer (`Decoder.prefillStates`).
///
/// A batch runs in one pass if the memory budget has room for all of its rows, otherwise in parts,
/// as earlier rows release memory. A row fails when its adapter can no longer be loaded, or when it
/// needs more memory than there is. A row that asks what an earlier one asked takes its answer.
public func prefill(with engine: Engine) -> Stage<Batch<Prompt>, Row<Prefilled>> {
  let answers = SharedAnswers()
  return Stage(
    "prefill", concurrency: engine.options.workers, capacity: engine.options.queuedPrompts
  ) { input, output in
    let prefiller = Prefiller(engine)
    while let batch = try input.next() {
      var waiting = batch.rows[...]
      while !waiting.isEmpty {
        let admitted = try admit(&waiting, to: engine, answers, output)
        var prefilled = Array(prefiller.prefill(admitted).reversed())
        // Hand each row over without keeping a reference: its memory reservation is released with
        // the last one.
        while let row = prefilled.popLast() { try output.send(row) }
      }
    }
  }
}

/// A row with its request to the engine.
private typealias AdmittedRow = (
  row: Row<Prompt>, request: GenerationRequest, answer: SharedAnswer?
)

/// Takes the rows that there is memory for now. This decides which row waits: only the first of a batch waits for
/// memory (`Engine.admit`), the others are left for later.
private func admit(
  _ waiting: inout ArraySlice<Row<Prompt>>, to engine: Engine, _ answers: SharedAnswers,
  _ output: StageOutput<Row<Prefilled>>
) throws -> [AdmittedRow] {
  var admitted: [AdmittedRow] = []
  while let row = waiting.first {
    do {
      let key = AnswerKey(row.value)
      if let answer = key.flatMap(answers.known) {
        try output.send(row.map { Prefilled(prompt: $0, state: nil, answer: answer) })
        waiting.removeFirst()
        continue
      }
      var request = try row.value.usableRequest(row: row.origin.number)
      switch engine.admit(&request, waits: admitted.isEmpty) {
      case .admitted: admitted.append((row, request, key.map(answers.register)))
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
  fileprivate func prefill(_ admitted: [AdmittedRow]) -> [Row<Prefilled>] {
    zip(admitted, prefill(admitted.map(\.request))).map { admitted, state in
      admitted.row.map { Prefilled(prompt: $0, state: state, answer: admitted.answer) }
    }
  }
}

extension Prompt {
  fileprivate func usableRequest(row: Int) throws -> GenerationRequest {
    do { return try request(row: row) } catch { throw RequestError.unusableAdapter(error) }
  }
}
