internal import Foundation

/// Samples the tokens of one sequence.
///
/// A sample is a function of the seed, the row, the index of the row's sequence and the position
/// (a counter-based generator), so results are the same in any batch, order or resumed run. The
/// distribution is that of `transformers` (temperature, then `top_k`, `top_p`, `min_p`); the
/// random numbers are not PyTorch's.
///
/// A sampled row runs `num_return_sequences` independent searches; each passes the sampled candidate
/// to its own ``BeamSearch``.
public struct Sampler: Sendable {
  let settings: GenerationSettings
  private let generator: Philox
  private let row: UInt64
  private let sequence: UInt32

  /// - Parameters:
  ///   - settings: Its seed, temperature and truncation settings are used.
  ///   - row: The row's index in the job.
  ///   - sequence: The index among the row's `num_return_sequences`.
  public init(settings: GenerationSettings, row: UInt64, sequence: UInt32 = 0) {
    self.settings = settings
    self.row = row
    self.sequence = sequence
    generator = Philox(seed: UInt64(bitPattern: Int64(settings.seed)))
  }

  /// Samples the token at one position.
  ///
  /// - Parameters:
  ///   - logits: [vocabulary], after ``LogitsProcessors``; −∞ marks an impossible token.
  ///   - position: The number of tokens generated so far.
  /// - Returns: The token and its log-probability before temperature and truncation: the model's
  ///   own, as greedy search reports it.
  /// - Throws: ``SearchError``: `invalidScore` for NaN or +∞, `noContinuation` when all are −∞.
  ///
  /// Complexity: O(V), and O(V log V) when `top_k` is 0.
  public func sample(
    from logits: Span<Float>, position: Int
  ) throws(SearchError) -> Candidate {
    let distribution = try distribution(over: logits)
    let threshold = generator.uniform(counter(position)) * distribution.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    var sampled = distribution[0]
    for outcome in distribution {
      sum += outcome.weight
      sampled = outcome
      if threshold < sum { break }
    }
    let best = logits[Int(distribution[0].token)]
    return Candidate(
      token: sampled.token,
      logProbability: logits[Int(sampled.token)] - logSumExp(logits, best: best))
  }

  private func counter(_ position: Int) -> SIMD4<UInt32> {
    SIMD4(
      UInt32(truncatingIfNeeded: position), sequence,
      UInt32(truncatingIfNeeded: row), UInt32(truncatingIfNeeded: row >> 32))
  }

  private func logSumExp(_ logits: Span<Float>, best: Float) -> Float {
    var sum = 0.0
    for index in logits.indices { sum += exp(Double(logits[index] - best)) }
    return best + Float(log(sum))
  }
}

extension Sampler {
  /// A token that can be sampled. Weights are relative to the best token's, which is 1.
  struct Outcome: Sendable, Hashable {
    var token: TokenID
    var weight: Double
  }

  /// The tokens that can be sampled, in descending order of weight, ties by ascending token.
  func distribution(over logits: Span<Float>) throws(SearchError) -> [Outcome] {
    let kept = try bestTokens(logits)
    guard let best = kept.first else {
      throw SearchError(
        .noContinuation,
        "Every next token is impossible; loosen no_repeat_ngram_size or min_new_tokens.")
    }
    var outcomes = kept.map {
      Outcome(token: $0.token, weight: exp(Double($0.logit - best.logit) / settings.temperature))
    }
    truncateToTopP(&outcomes)
    outcomes.removeAll { $0.weight < settings.minP }
    return outcomes
  }

  /// Drops the least probable tokens whose probabilities together do not exceed 1 − `top_p`.
  private func truncateToTopP(_ outcomes: inout [Outcome]) {
    guard settings.topP < 1 else { return }
    let total = outcomes.reduce(0) { $0 + $1.weight }
    var tail = 0.0
    while outcomes.count > 1, let last = outcomes.last {
      tail += last.weight / total
      if tail > 1 - settings.topP { break }
      outcomes.removeLast()
    }
  }

  /// The possible tokens in descending order of logit. With `top_k` the first `top_k` of them and
  /// all that tie with the last of those.
  private func bestTokens(
    _ logits: Span<Float>
  ) throws(SearchError) -> [(token: TokenID, logit: Float)] {
    let threshold = settings.topK > 0 ? topKThreshold(settings.topK, logits) : -.infinity
    var best: [(token: TokenID, logit: Float)] = []
    for index in logits.indices {
      let logit = logits[index]
      guard logit < .infinity else {
        throw SearchError(
          .invalidScore, "The logit of token \(index) is \(logit); logits must be finite or -inf.")
      }
      if logit > -.infinity, logit >= threshold {
        best.append((TokenID(index), logit))
      }
    }
    best.sort { ($1.logit, $0.token) < ($0.logit, $1.token) }
    return best
  }

  /// The smallest of the `count` largest logits.
  private func topKThreshold(_ count: Int, _ logits: Span<Float>) -> Float {
    var largest: [Float] = []  // descending
    for index in logits.indices {
      let logit = logits[index]
      if largest.count == count {
        guard let least = largest.last, logit > least else { continue }
        largest.removeLast()
      }
      largest.insert(logit, at: largest.firstIndex { $0 < logit } ?? largest.endIndex)
    }
    return largest.last ?? -.infinity
  }
}
