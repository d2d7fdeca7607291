internal import ParaJSON

extension MetricDefinition {
  /// How likely one of k answers drawn from a row's repeated ones is right, without bias (Chen et al. 2021):
  /// 1 − C(n − c, k) / C(n, k) for c right ones of n.
  static let passAtK = MetricDefinition(
    "pass@k", of: .texts,
    options: [
      OptionDefinition("k", "how many answers are drawn; 1"),
      OptionDefinition("metric", "which metric of 0 or 1 tells a right answer; exact_match"),
      OptionDefinition("options", "that metric's options"),
    ]
  ) { options throws(ScoringError) in
    let count = try options.integer("k") ?? 1
    guard count > 0 else { throw options.unusable("k", "is at least 1") }
    let metric = try metric(options)
    return { outcome throws(ScoringError) in
      guard let (predictions, references) = try outcome.labelledTexts("pass@k") else { return nil }
      guard predictions.count >= count else {
        throw ScoringError(
          .unusableRow,
          """
          pass@k draws \(count) answers and the row has \(predictions.count); set the task's 'repeats' to \
          at least \(count), and filter without take_first.
          """)
      }
      var wrong = 0
      for prediction in predictions {
        var single = outcome
        single.output = .texts([prediction])
        single.references = references
        wrong += try metric.item(of: single)?.number == 1 ? 0 : 1
      }
      return .number(1 - allWrong(wrong, of: predictions.count, drawn: count))
    }
  }

  /// C(wrong, k) / C(n, k).
  private static func allWrong(_ wrong: Int, of total: Int, drawn: Int) -> Double {
    (0..<drawn).reduce(1) { $0 * Double(wrong - $1) / Double(total - $1) }
  }

  private static func metric(_ options: Options) throws(ScoringError) -> Metric {
    let name = try options.text("metric") ?? "exact_match"
    var values: MetricOptions = [:]
    switch options["options"] {
    case nil: break
    case .object(let object):
      for member in object.members { values[member.key] = member.value }
    default: throw options.unusable("options", "is a mapping")
    }
    let definition = try MetricDefinition.named(name, of: .texts)
    guard definition.isBinary else {
      throw options.unusable("metric", "names a metric of 0 or 1, such as exact_match or numeric")
    }
    return try definition.metric(values)
  }
}
