import ParaDecoding
public import ParaEngine
public import ParaFlow
public import ParaTokenizers

/// Searches for answers in running batches: prefilled prompts join and finished ones leave at any
/// step. Workers share the rows evenly.
public func decode(with engine: Engine, _ tokenizer: Tokenizer) -> Stage<
  Row<PrefilledRow>, Row<Completion>
> {
  let shares = RowShares()
  return Stage("decode", concurrency: engine.options.workers) { input, output in
    let worker = shares.register()
    let batch = RunningBatch<Row<Prompt>>(engine)
    var waiting: Row<PrefilledRow>?
    while true {
      // Wait only when there is nothing to run; else take what is there and go on.
      if waiting == nil, batch.laneCount == 0 {
        guard let next = try input.next() else { break }
        waiting = next
      }
      while true {
        if waiting == nil,
          shares.mayTake(worker, running: batch.requestCount, waiting: input.waitingCount),
          case .value(let row) = try input.poll()
        {
          waiting = row
        }
        guard let row = waiting else { break }
        guard batch.hasRoom(for: row.value.state) else {
          shares.markFull(worker)
          break
        }
        batch.join(row.value.state, tag: row.map(\.prompt))
        waiting = nil
      }
      for (row, result) in batch.step() {
        switch result {
        case .success(let hypotheses):
          try output.send(row.map { Completion($0, hypotheses, tokenizer) })
        case .failure(let error): try output.fail(row.origin, RequestError.search(error))
        }
      }
    }
  }
}
