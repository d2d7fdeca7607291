/// A metric that a task can name: its name, what it scores, its options, and how it is made.
///
/// To add a metric, define it in a file under `Metrics` and list it in ``all``.
public struct MetricDefinition: Sendable {
  public let name: String
  /// What it scores; a name can mean another metric for another output, as `f1` does.
  public let output: Outcome.Kind
  public let options: [OptionDefinition]
  let isBinary: Bool
  let higherIsBetter: Bool
  let aggregation: Aggregation
  private let aggregationByOptions: AggregationByOptions?
  private let make: Make

  typealias AggregationByOptions = @Sendable (Options) throws(ScoringError) -> Aggregation
  typealias Make = @Sendable (Options) throws(ScoringError) -> Metric.ItemOfOutcome

  /// - Parameters:
  ///   - aggregation: How the rows' items become one value, unless a task says otherwise.
  ///   - options: What a task can set.
  ///   - aggregationByOptions: In place of `aggregation` where options change it.
  ///   - make: Makes what finds a row's item.
  init(
    _ name: String, of output: Outcome.Kind, isBinary: Bool = false, higherIsBetter: Bool = true,
    aggregation: Aggregation = .mean, options: [OptionDefinition] = [],
    aggregationByOptions: AggregationByOptions? = nil, make: @escaping Make
  ) {
    self.name = name
    self.output = output
    self.isBinary = isBinary
    self.higherIsBetter = higherIsBetter
    self.aggregation = aggregation
    self.options = options
    self.aggregationByOptions = aggregationByOptions
    self.make = make
  }

  /// Every metric there is.
  public static let all: [MetricDefinition] = [
    // Texts.
    .exactMatch, .label("acc"), .label("accuracy"), .f1, .exactSquadAnswer, .f1AndExact, .squadV2,
    .numeric, .sqlExact, .sqlExecution, .passAtK, .bleu, .chrf, .chrfWithWords, .ter,
    .rouge("rouge1", .words(1)), .rouge("rouge2", .words(2)), .rouge("rougeL", .subsequence),
    .rouge("rougeLsum", .lines), .textLabels("mcc", .matthewsCorrelation),
    .textLabels("macro_f1", .macroF1),
    // Choices.
    .accuracy, .accuracyByCharacters, .accuracyByBytes, .accuracyByMutualInformation,
    .exactChoice, .brierScore, .choiceF1, .choiceLabels("mcc", .matthewsCorrelation),
    .choiceLabels("macro_f1", .macroF1),
    // Log-probabilities.
    .perplexity, .greedyAccuracy, .wordPerplexity, .bytePerplexity, .bitsPerByte,
  ]

  /// The names of the metrics of generated text that score each row on its own, sorted.
  public static let names = names(of: .texts) { $0.aggregation.itemKind == .number }

  /// The names of the metrics of an output, sorted.
  public static func names(of output: Outcome.Kind) -> [String] { names(of: output) { _ in true } }

  private static func names(
    of output: Outcome.Kind, where isMeant: (MetricDefinition) -> Bool
  ) -> [String] {
    all.filter { $0.output == output && isMeant($0) }.map(\.name).sorted()
  }

  /// The definition of a metric of an output.
  ///
  /// - Parameter isOfEvaluate: Whether the `evaluate` package's metric of the name is meant, as a task
  ///   says by `hf_evaluate: true`; the harness asks it for texts alone.
  /// - Throws: ``ScoringError`` with the code `unknownMetric`, listing the known ones.
  public static func named(
    _ name: String, of output: Outcome.Kind, isOfEvaluate: Bool = false
  ) throws(ScoringError) -> MetricDefinition {
    let isOfEvaluate = isOfEvaluate && output == .texts
    let known = isOfEvaluate ? ofEvaluate : all
    guard let definition = known.first(where: { $0.name == name && $0.output == output }) else {
      let names = known.filter { $0.output == output }.map(\.name).sorted()
      throw ScoringError(
        .unknownMetric,
        """
        There is no metric "\(name)" for \(output.rawValue)\(isOfEvaluate ? " with hf_evaluate" : ""); \
        known are \(names.joined(separator: ", ")).
        """)
    }
    return definition
  }

  /// The definition of a metric of generated text that scores each row on its own.
  ///
  /// - Throws: ``ScoringError`` with the code `unknownMetric`, listing the known ones.
  public static func named(_ name: String) throws(ScoringError) -> MetricDefinition {
    guard names.contains(name) else {
      throw ScoringError(
        .unknownMetric,
        "There is no metric \"\(name)\"; known are \(names.joined(separator: ", ")).")
    }
    return try named(name, of: .texts)
  }

  /// The metric with these options.
  ///
  /// - Throws: ``ScoringError`` with the code `unknownOption` or `unusableOption`.
  public func metric(_ options: MetricOptions = [:]) throws(ScoringError) -> Metric {
    let options = try Options(options, self.options, of: "metric \(name)")
    return Metric(
      self, aggregation: try aggregationByOptions?(options) ?? aggregation, find: try make(options))
  }
}

extension Metric {
  /// A metric of generated text that scores each row on its own, by its name.
  ///
  /// - Throws: ``ScoringError`` with the code `unknownMetric`, `unknownOption` or `unusableOption`.
  public init(named name: String, options: MetricOptions = [:]) throws(ScoringError) {
    self = try MetricDefinition.named(name).metric(options)
  }
}
