public import ParaFlow

/// Groups prompts by adapter into batches of at most `tokens` prompt tokens, enough of them that each
/// of the workers who read them has one.
public func groupByAdapter(tokens: Int, workers: Int) -> Stage<Row<Prompt>, Batch<Prompt>> {
  Stage("group", capacity: 2) { input, output in
    var batches = PromptBatches(tokenBudget: tokens, workers: workers)
    while let row = try input.next() {
      for batch in batches.add(row) { try output.send(batch) }
    }
    for batch in batches.flush() { try output.send(batch) }
  }
}
