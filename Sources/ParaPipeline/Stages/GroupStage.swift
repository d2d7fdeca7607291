/// Groups prompts by adapter into batches of at most `tokens` prompt tokens, enough of them that each
/// of the workers who read them has one.
public func groupByAdapter(tokens: Int, workers: Int) -> Stage<Row<Prompt>, Batch<Prompt>> {
  Stage("group", capacity: 2) { inbox, outbox in
    var batches = PromptBatches(tokenBudget: tokens, workers: workers)
    while let row = try inbox.next() {
      for batch in batches.add(row) { try outbox.send(batch) }
    }
    for batch in batches.flush() { try outbox.send(batch) }
  }
}
