import ParaDecoding

/// Rows and tokens of a run.
public struct RunCounts: Sendable, Hashable, Codable {
  /// Rows with an answer.
  public var predicted = 0
  /// Rows in `errors.jsonl`.
  public var failed = 0
  public var promptTokens = 0
  /// Tokens of the hypotheses returned, the end-of-sequence token included.
  public var generatedTokens = 0

  public init() {}

  public var rows: Int { predicted + failed }

  mutating func add(_ completion: Completion) {
    predicted += 1
    promptTokens += completion.prompt.tokens.count
    generatedTokens += completion.answers.reduce(0) { $0 + $1.hypothesis.generatedLength }
  }
}
