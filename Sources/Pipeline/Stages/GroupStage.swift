/// Groups prompts by adapter into batches of at most `tokens` prompt tokens.
public func groupByAdapter(tokens: Int) -> Stage<Row<Prompt>, Batch<Prompt>> {
  Stage("group", capacity: 2) { inbox, outbox in
    var batches = PromptBatches(tokenBudget: tokens)
    while let row = try inbox.next() {
      for batch in batches.add(row) { try outbox.send(batch) }
    }
    for batch in batches.flush() { try outbox.send(batch) }
  }
}
