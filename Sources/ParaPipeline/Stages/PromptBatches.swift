import ParaAdapters
import ParaFlow

/// The grouping of prompts into batches, apart from any queue: rows of one adapter lie side by
/// side, and a batch's tokens stay within a budget.
struct PromptBatches {
  /// Tokens of one batch at most; a longer prompt is a batch of its own.
  let tokenBudget: Int
  /// Who reads batches: there are as many for each of them.
  let workers: Int
  private var waiting: [Row<Prompt>] = []
  private var waitingTokens = 0
  private var longest = 0

  /// Batches that are made together, at least: the more, the fuller the groups.
  private static let window = 4

  init(tokenBudget: Int, workers: Int) {
    self.tokenBudget = min(max(1, tokenBudget), 1 << 40)
    self.workers = max(1, workers)
  }

  /// Takes a row; returns batches when enough rows wait.
  mutating func add(_ row: Row<Prompt>) -> [Batch<Prompt>] {
    waiting.append(row)
    waitingTokens += row.value.tokens.count
    longest = max(longest, row.value.tokens.count)
    let batches = (Self.window + workers - 1) / workers * workers
    // So many that none of the batches has a row too many for it.
    return waitingTokens + longest * batches > tokenBudget * batches ? flush() : []
  }

  /// Everything that waits, as batches of about equal size.
  mutating func flush() -> [Batch<Prompt>] {
    defer { (waiting, waitingTokens, longest) = ([], 0, 0) }
    let ordered = waiting.sorted { Self.key($0) < Self.key($1) }
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
