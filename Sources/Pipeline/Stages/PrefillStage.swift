import Adapters
public import Engine

/// Reads each batch's prompts in one packed pass; PARA's vectors are made here.
///
/// A row fails when its adapter cannot be read any more.
public func prefill(with engine: Engine) -> Stage<Batch<Prompt>, Row<PrefilledRow>> {
  Stage("prefill", concurrency: engine.options.workers, capacity: 16) { inbox, outbox in
    let prefiller = Prefiller(engine)
    while let batch = try inbox.next() {
      var rows: [Row<Prompt>] = []
      var requests: [GenerationRequest] = []
      for row in batch.rows {
        do {
          requests.append(try row.value.request(row: row.origin.number))
          rows.append(row)
        } catch {
          try outbox.fail(row.origin, PromptError.unusableAdapter(error))
        }
      }
      for (row, state) in zip(rows, prefiller.prefill(requests)) {
        try outbox.send(row.map { PrefilledRow(prompt: $0, state: state) })
      }
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
}
