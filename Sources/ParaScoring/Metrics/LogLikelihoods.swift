/// Metrics of log-probabilities.
extension MetricDefinition {
  static let perplexity = MetricDefinition(
    "perplexity", of: .logLikelihood, higherIsBetter: false, aggregation: .perplexity
  ) { _ in
    { outcome in
      guard case .logLikelihood(let value, _) = outcome.output else { return nil }
      return .number(value)
    }
  }

  /// Whether greedy search gives the answer.
  static let greedyAccuracy = MetricDefinition(
    "acc", of: .logLikelihood, isBinary: true, options: [.weightBySize]
  ) { _ in
    { outcome in
      guard case .logLikelihood(_, let isGreedy) = outcome.output else { return nil }
      return .number(isGreedy ? 1 : 0)
    }
  }

  /// A word is what stands between runs of white space; an empty one at an end counts, as in the harness.
  static let wordPerplexity = rolling("word_perplexity", .weightedPerplexity) { text in
    let scalars = PythonText(text)
    return 1
      + zip([nil] + scalars, scalars).count { before, scalar in
        scalar.isPythonSpace && before?.isPythonSpace != true
      }
  }

  static let bytePerplexity = rolling("byte_perplexity", .weightedPerplexity) { $0.utf8.count }

  static let bitsPerByte = rolling("bits_per_byte", .bitsPerByte) { $0.utf8.count }

  private static func rolling(
    _ name: String, _ aggregation: Aggregation, count: @escaping @Sendable (String) -> Int
  ) -> MetricDefinition {
    MetricDefinition(name, of: .rolling, higherIsBetter: false, aggregation: aggregation) { _ in
      { outcome in
        guard case .rolling(let value, let text) = outcome.output else { return nil }
        return .weighted(sum: value, weight: Double(count(text)))
      }
    }
  }
}
