import Adapters

/// The grouping of prompts into batches, apart from any queue: rows of one adapter lie side by
/// side, and a batch's tokens stay within a budget.
struct PromptBatches {
  /// Tokens of one batch at most; a longer prompt is a batch of its own.
  let tokenBudget: Int
  private var waiting: [Row<Prompt>] = []
  private var waitingTokens = 0

  /// Batches' worth of rows that are looked at together: the more, the fuller the groups.
  private static let window = 4

  init(tokenBudget: Int) {
    self.tokenBudget = max(1, tokenBudget)
  }

  /// Takes a row; returns batches when enough rows wait.
  mutating func add(_ row: Row<Prompt>) -> [Batch<Prompt>] {
    waiting.append(row)
    waitingTokens += row.value.tokens.count
    return waitingTokens >= tokenBudget * Self.window ? flush() : []
  }

  /// Everything that waits, as batches.
  mutating func flush() -> [Batch<Prompt>] {
    defer {
      waiting.removeAll()
      waitingTokens = 0
    }
    let ordered = waiting.sorted { Self.key($0) < Self.key($1) }
    var batches: [Batch<Prompt>] = []
    var batch: [Row<Prompt>] = []
    var tokens = 0
    for row in ordered {
      if !batch.isEmpty, tokens + row.value.tokens.count > tokenBudget {
        batches.append(Batch(batch))
        (batch, tokens) = ([], 0)
      }
      batch.append(row)
      tokens += row.value.tokens.count
    }
    if !batch.isEmpty { batches.append(Batch(batch)) }
    return batches
  }

  private static func key(_ row: Row<Prompt>) -> (String, Int) {
    (row.value.adapter?.contentHash ?? "", row.origin.number)
  }
}
