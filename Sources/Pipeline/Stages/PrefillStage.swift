public import Engine

/// Reads each batch's prompts in one packed pass; PARA's vectors are made here.
public func prefill(with engine: Engine) -> Stage<Batch<Prompt>, Row<PrefilledRow>> {
  Stage("prefill", concurrency: engine.options.workers, capacity: 16) { inbox, outbox in
    let prefiller = Prefiller(engine)
    while let batch = try inbox.next() {
      let requests = batch.rows.map { $0.value.request(row: $0.origin.number) }
      for (row, state) in zip(batch.rows, prefiller.prefill(requests)) {
        try outbox.send(row.map { PrefilledRow(prompt: $0, state: state) })
      }
    }
  }
}

extension Prompt {
  /// What the engine is asked for.
  func request(row: Int) -> GenerationRequest {
    var request = GenerationRequest(
      tokens: tokens, adapter: adapter, settings: settings, row: UInt64(row))
    if let stopStrings { request.completesStopString = { stopStrings.isCompleted(by: $0) } }
    request.continuations = choiceTokens
    return request
  }
}
