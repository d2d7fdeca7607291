/// A token's index in the model's vocabulary.
public typealias TokenID = Int32

/// Why a sequence ended.
public enum StopReason: String, Sendable, Hashable, Codable {
  /// Its last token is one of the end-of-sequence ids.
  case endOfSequence = "eos"
  /// It reached `max_new_tokens`.
  case length
  /// Its text contains a stop string.
  case stopString = "stop_string"
}

/// A sequence that a search returns.
public struct Hypothesis: Sendable, Hashable {
  /// The generated tokens without the prompt. The end-of-sequence token is the last of them when
  /// the model produced it.
  public let tokens: [TokenID]
  /// The sum of the tokens' log-probabilities (natural logarithm), accumulated in fp32.
  public let sumLogProbability: Float
  /// `sumLogProbability / generatedLength ^ length_penalty`: what hypotheses are ranked by.
  public let score: Float
  public let stopReason: StopReason

  /// The number of generated tokens, the end-of-sequence token included.
  public var generatedLength: Int { tokens.count }

  package init(
    tokens: [TokenID], sumLogProbability: Float, score: Float, stopReason: StopReason
  ) {
    self.tokens = tokens
    self.sumLogProbability = sumLogProbability
    self.score = score
    self.stopReason = stopReason
  }
}
