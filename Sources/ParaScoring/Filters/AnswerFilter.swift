/// A step between a row's answers and its metrics, by lm-evaluation-harness's name: from the answers of a
/// row to others.
///
/// To add one, define it in a file here and list it in ``all``.
public struct AnswerFilter: Sendable {
  public let name: String
  public let options: [OptionDefinition]
  private let make: Make

  /// What a filter does with a row's answers.
  typealias Apply = @Sendable (FilterInput) throws(ScoringError) -> [String]
  typealias Make = @Sendable (Options) throws(ScoringError) -> Apply

  init(_ name: String, options: [OptionDefinition] = [], make: @escaping Make) {
    self.name = name
    self.options = options
    self.make = make
  }

  /// Every filter there is.
  public static let all: [AnswerFilter] = [
    .takeFirst, .takeFirstK, .majorityVote, .regex, .multiChoiceRegex, .removeWhitespace,
    .lowercase,
    .uppercase, .map, .formatSpan,
  ]

  /// The harness's filters that are refused, and why.
  private static let refused = [
    "regex_pos": "gives lists of tags, which only metrics written in Python score",
    "decontaminate": "does nothing in the harness",
    "custom": "is a Python function",
  ]

  /// - Throws: ``ScoringError`` with the code `unknownFilter`, listing the known ones.
  public static func named(_ name: String) throws(ScoringError) -> AnswerFilter {
    if let filter = all.first(where: { $0.name == name }) { return filter }
    let reason =
      refused[name].map { "The filter \"\(name)\" \($0)" } ?? "There is no filter \"\(name)\""
    throw ScoringError(
      .unknownFilter, "\(reason); known are \(all.map(\.name).sorted().joined(separator: ", ")).")
  }

  func applying(_ options: MetricOptions) throws(ScoringError) -> Apply {
    try make(try Options(options, self.options, of: "filter \(name)"))
  }
}

/// What a filter sees of a row.
struct FilterInput: Sendable {
  var answers: [String]
  /// The record's field `choices`, if it is a list of texts.
  var choices: [String]?
}

/// The filters that answers go through, one after the other.
public struct FilterChain: Sendable {
  private let steps: [AnswerFilter.Apply]

  /// - Parameter steps: Filters' names with their options.
  /// - Throws: ``ScoringError`` for names and options that there are not, and for a filter behind
  ///   `take_first` that would see the answer's characters.
  public init(_ steps: [(function: String, options: MetricOptions)]) throws(ScoringError) {
    var found: [AnswerFilter.Apply] = []
    var isTaken = false
    for step in steps {
      let filter = try AnswerFilter.named(step.function)
      if isTaken {
        guard ["map", "take_first"].contains(filter.name) else {
          throw ScoringError(
            .unusableOption,
            """
            The filter \(filter.name) stands behind take_first, where the harness gives it the answer's \
            characters one by one; write take_first last.
            """)
        }
        found.append { input in input.answers[0].unicodeScalars.map { String($0) } }
      }
      found.append(try filter.applying(step.options))
      isTaken = filter.name == "take_first"
    }
    self.steps = found
  }

  /// A row's answers behind all filters.
  ///
  /// - Parameters:
  ///   - answers: One for each repeat.
  ///   - choices: The record's field `choices`, for `multi_choice_regex`.
  /// - Throws: ``ScoringError`` with the code `unusableRow`, such as for fewer answers than
  ///   `take_first_k` takes.
  public func apply(
    to answers: [String], choices: [String]? = nil
  ) throws(ScoringError) -> [String] {
    var input = FilterInput(answers: answers, choices: choices)
    for step in steps { input.answers = try step(input) }
    return input.answers
  }
}
