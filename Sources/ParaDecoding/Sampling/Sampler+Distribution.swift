internal import Foundation

extension Sampler {
  /// A token that can be drawn. Weights are relative to the best token's, which is 1.
  struct Outcome: Sendable, Hashable {
    var token: TokenID
    var weight: Double
  }

  /// What can be drawn, best first, equals by rising token.
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

  /// The possible tokens with their logits, falling. With `top_k` the first `top_k` of them and all
  /// that equal the last of those.
  private func bestTokens(
    _ logits: Span<Float>
  ) throws(SearchError) -> [(token: TokenID, logit: Float)] {
    let threshold = settings.topK > 0 ? leastOfLargest(settings.topK, logits) : -.infinity
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

  /// The least of the `count` largest logits.
  private func leastOfLargest(_ count: Int, _ logits: Span<Float>) -> Float {
    var largest: [Float] = []  // falling
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
