internal import Foundation

/// Draws the tokens of one sampled sequence.
///
/// A draw depends on the seed, the row, which of the row's sequences it is, and the position, and
/// on nothing drawn before: results are the same in any batch, order or resumed run. The
/// distribution is that of `transformers` (temperature, then `top_k`, `top_p`, `min_p`); the
/// random numbers are not PyTorch's.
///
/// A sampled row runs `num_return_sequences` independent searches; each gives the drawn candidate to
/// its own ``BeamSearch``.
public struct Sampler: Sendable {
  let settings: SearchSettings
  private let generator: Philox
  private let row: UInt64
  private let sequence: UInt32

  /// - Parameters:
  ///   - settings: With the seed, the temperature and what truncates the distribution.
  ///   - row: The row's running number in the job.
  ///   - sequence: Which of the row's `num_return_sequences`.
  public init(settings: SearchSettings, row: UInt64, sequence: UInt32 = 0) {
    self.settings = settings
    self.row = row
    self.sequence = sequence
    generator = Philox(seed: settings.seed)
  }

  /// Draws the token at one position.
  ///
  /// - Parameters:
  ///   - logits: One score per token of the vocabulary after ``TokenConstraints``; −∞ is
  ///     impossible.
  ///   - position: The number of tokens generated before.
  /// - Returns: The token and its log-probability before temperature and truncation: the model's
  ///   own, as greedy search reports it.
  /// - Throws: ``SearchError``: `invalidScore` for NaN or +∞, `noContinuation` when all are −∞.
  ///
  /// Complexity: O(V), and O(V log V) when `top_k` is 0.
  public func draw(
    from logits: Span<Float>, position: Int
  ) throws(SearchError) -> Candidate {
    let distribution = try distribution(over: logits)
    let place = generator.uniform(counter(position)) * distribution.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    var drawn = distribution[0]
    for outcome in distribution {
      sum += outcome.weight
      drawn = outcome
      if place < sum { break }
    }
    let best = logits[Int(distribution[0].token)]
    return Candidate(
      token: drawn.token,
      logProbability: logits[Int(drawn.token)] - logSumExp(logits, best: best))
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
