/// What metrics of generated text have in common.
extension MetricDefinition {
  typealias TextScore =
    @Sendable (_ prediction: String, _ references: [String]) throws(ScoringError) -> Double

  /// A metric of 0 to 1 for each row. Of several answers, which repeats without a filter leave, it is
  /// the mean.
  static func texts(
    _ name: String, isBinary: Bool, options: [OptionDefinition] = [],
    make: @escaping @Sendable (Options) throws(ScoringError) -> TextScore
  ) -> MetricDefinition {
    MetricDefinition(name, of: .texts, isBinary: isBinary, options: options) {
      options throws(ScoringError) in
      let score = try make(options)
      return { outcome throws(ScoringError) in
        guard let (predictions, references) = try outcome.labelledTexts(name) else { return nil }
        var sum = 0.0
        for prediction in predictions { sum += try score(prediction, references) }
        return .number(sum / Double(predictions.count))
      }
    }
  }

  /// A metric of 0 or 1: whether a prediction and a reference are equal after normalization.
  ///
  /// - Parameter normalize: What is compared of a text; nil if nothing in it can be, which is wrong.
  static func equality<Answer: Equatable & SendableMetatype>(
    _ name: String, normalizedBy normalize: @escaping @Sendable (String) -> Answer?
  ) -> MetricDefinition {
    texts(name, isBinary: true) { _ in
      { prediction, references in
        guard let predicted = normalize(prediction) else { return 0 }
        return references.contains { normalize($0) == predicted } ? 1 : 0
      }
    }
  }

  /// A metric whose rows give an aggregation what it needs of one answer.
  static func corpus(
    _ name: String, _ aggregation: Aggregation, higherIsBetter: Bool = true,
    item: @escaping @Sendable (_ prediction: String, _ references: [String]) -> MetricItem
  ) -> MetricDefinition {
    MetricDefinition(
      name, of: .texts, higherIsBetter: higherIsBetter, aggregation: aggregation
    ) { _ in
      { outcome throws(ScoringError) in
        guard let (predictions, references) = try outcome.labelledTexts(name) else { return nil }
        guard predictions.count == 1 else {
          throw ScoringError(
            .unusableRow,
            "\(name) scores one answer a row, not \(predictions.count); filter by take_first.")
        }
        return item(predictions[0], references)
      }
    }
  }

  /// Whether the labels are equal, ignoring case and surrounding white space.
  static func label(_ name: String) -> MetricDefinition {
    equality(name) { PythonText.label($0) }
  }

  /// Pairs of labels, with the first reference as the right one.
  static func textLabels(_ name: String, _ aggregation: Aggregation) -> MetricDefinition {
    corpus(name, aggregation) { prediction, references in
      .labels(
        gold: PythonText.label(references[0]).string, predicted: PythonText.label(prediction).string
      )
    }
  }
}

extension Outcome {
  /// The answers and what is right, not empty; nil for a row that has no right text.
  func labelledTexts(_ metric: String) throws(ScoringError) -> ([String], [String])? {
    guard case .texts(let predictions) = output, let references, !references.isEmpty else {
      return nil
    }
    guard !predictions.isEmpty else {
      throw ScoringError(.unusableRow, "\(metric) has no answer to score.")
    }
    return (predictions, references)
  }
}

extension PythonText {
  /// A label without case and surrounding white space.
  static func label(_ text: String) -> PythonText {
    Array(PythonText(text).lowercased().stripped())
  }
}
