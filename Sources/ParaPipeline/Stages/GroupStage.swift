import ParaAdapters
public import ParaFlow

/// Groups prompts by adapter into batches of at most `tokens` prompt tokens, in numbers that give
/// each of the prefill workers the same number of batches.
public func groupByAdapter(tokens: Int, workers: Int) -> Stage<Row<Prompt>, Batch<Prompt>> {
  Stage("group", capacity: 2) { input, output in
    var batches = PromptBatches(tokenBudget: tokens, workers: workers)
    while let row = try input.next() {
      for batch in batches.add(row) { try output.send(batch) }
    }
    for batch in batches.flush() { try output.send(batch) }
  }
}

/// Groups prompts into batches, without queues: rows of one adapter are adjacent, and a batch's
/// tokens stay within a budget.
struct PromptBatches {
  /// The most tokens of one batch; a longer prompt is a batch alone.
  let tokenBudget: Int
  /// How many workers prefill batches; each gets the same number of batches.
  let workers: Int
  private var waiting: [Row<Prompt>] = []
  private var waitingTokens = 0
  private var longest = 0

  /// The least number of batches formed at once; more of them leave longer runs of one adapter.
  private static let batchesAtOnce = 4

  init(tokenBudget: Int, workers: Int) {
    self.tokenBudget = min(max(1, tokenBudget), 1 << 40)
    self.workers = max(1, workers)
  }

  /// Adds a row; returns batches when enough rows are waiting.
  mutating func add(_ row: Row<Prompt>) -> [Batch<Prompt>] {
    waiting.append(row)
    waitingTokens += row.value.tokens.count
    longest = max(longest, row.value.tokens.count)
    let batches = (Self.batchesAtOnce + workers - 1) / workers * workers
    // Flush while the longest row still fits into every batch.
    return waitingTokens + longest * batches > tokenBudget * batches ? flush() : []
  }

  /// All waiting rows, as batches of about equal size.
  mutating func flush() -> [Batch<Prompt>] {
    defer { (waiting, waitingTokens, longest) = ([], 0, 0) }
    let ordered = waiting.sorted { Self.key($0) < Self.key($1) }
    // How many batches each worker gets; a batch is full at its equal share of all tokens.
    let rounds = max(1, (waitingTokens + tokenBudget * workers - 1) / (tokenBudget * workers))
    var batches: [Batch<Prompt>] = []
    var batch: [Row<Prompt>] = []
    var (tokens, tokensBefore) = (0, 0)
    for row in ordered {
      let share = (batches.count + 1) * waitingTokens / (rounds * workers)
      let own = row.value.tokens.count
      let isFull = tokensBefore + tokens + own / 2 > share || tokens + own > tokenBudget
      if !batch.isEmpty, isFull {
        batches.append(Batch(batch))
        (batch, tokens, tokensBefore) = ([], 0, tokensBefore + tokens)
      }
      batch.append(row)
      tokens += own
    }
    if !batch.isEmpty { batches.append(Batch(batch)) }
    return batches
  }

  private static func key(_ row: Row<Prompt>) -> (String, Int) {
    (row.value.adapter?.contentHash ?? "", row.origin.number)
  }
}
