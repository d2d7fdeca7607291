/// A metric that a job can name: its name, its options, and how it is made.
///
/// To add a metric, define it in a file under `Metrics` and list it in ``all``.
public struct MetricDefinition: Sendable {
  public let name: String
  public let options: [MetricOption]
  private let make: @Sendable (_ name: String, _ options: MetricOptions) -> Metric

  /// - Parameters:
  ///   - options: What a job can set; none by default.
  ///   - make: Makes the metric of this name.
  init(
    _ name: String, options: [MetricOption] = [],
    make: @escaping @Sendable (_ name: String, _ options: MetricOptions) -> Metric
  ) {
    self.name = name
    self.options = options
    self.make = make
  }

  /// Every metric there is.
  public static let all: [MetricDefinition] = [
    .f1, .exactSquadAnswer, .f1AndExact, .exactMatch, .accuracy("acc"), .accuracy("accuracy"),
    .numeric, .sqlExact,
  ]

  /// The names of all metrics, sorted.
  public static let names = all.map(\.name).sorted()

  /// The definition of a metric.
  ///
  /// - Throws: ``ScoringError`` with the code `unknownMetric`, listing the known ones.
  public static func named(_ name: String) throws(ScoringError) -> MetricDefinition {
    guard let definition = all.first(where: { $0.name == name }) else {
      throw ScoringError(
        .unknownMetric,
        "There is no metric \"\(name)\"; known are \(names.joined(separator: ", ")).")
    }
    return definition
  }

  /// The metric with these options.
  ///
  /// - Throws: ``ScoringError`` with the code `unknownOption` for one that is not declared.
  public func metric(_ options: MetricOptions = [:]) throws(ScoringError) -> Metric {
    let known = self.options.map(\.name)
    if let unknown = options.keys.sorted().first(where: { !known.contains($0) }) {
      let list = known.isEmpty ? "none" : known.joined(separator: ", ")
      throw ScoringError(
        .unknownOption, "The metric \(name) has no option \"\(unknown)\"; its options: \(list).")
    }
    return make(name, options)
  }
}

/// An option of a metric, which is off unless a job sets it to true.
public struct MetricOption: Sendable, Hashable {
  /// As a job spells it.
  public let name: String
  /// What it does, in a phrase.
  public let meaning: String
}

/// The options given for a metric, by name.
public typealias MetricOptions = [String: Bool]

extension Metric {
  /// A metric by its name.
  ///
  /// - Throws: ``ScoringError`` with the code `unknownMetric` or `unknownOption`.
  public init(named name: String, options: MetricOptions = [:]) throws(ScoringError) {
    self = try MetricDefinition.named(name).metric(options)
  }
}
