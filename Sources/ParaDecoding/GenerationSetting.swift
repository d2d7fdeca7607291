/// One generation setting: its key, type, range, meaning and where its value is stored.
public struct GenerationSetting: Sendable {
  public typealias Path<Value> = WritableKeyPath<GenerationSettings, Value> & Sendable

  /// The type of the value, its key path and its range.
  public enum Field: Sendable {
    case integer(Path<Int>, ClosedRange<Int>)
    case number(Path<Double>, NumberRange)
    case flag(Path<Bool>)
    /// A text or a list of texts.
    case texts(Path<[String]>)
    /// true, false or "never".
    case earlyStopping(Path<EarlyStopping>)
  }

  public enum NumberRange: Sendable, Hashable {
    case finite
    /// Greater than the bound.
    case above(Double)
    /// Greater than the lower bound and at most the upper one.
    case aboveUpTo(Double, Double)
    case closed(ClosedRange<Double>)
  }

  /// As `transformers` spells it: the key in job files and `generation_config.json`.
  public let key: String
  public let field: Field
  /// What it does, in JOB.md's words.
  public let meaning: String
  /// The range of a job file's values where it is narrower than the search's.
  public var jobRange: NumberRange?
  /// Whether a model's `generation_config.json` may give it.
  public var isInModelFile = true
  /// The key in `run.json` where it differs: results that exist keep their format.
  var recordKey: String?
  /// The range in an error message, to complete "must be".
  var requirement: String?

  /// All settings, in the order of JOB.md.
  public static let all = [
    GenerationSetting(
      key: "num_beams", field: .integer(\.numBeams, 1...largestNumBeams),
      meaning: "hypotheses searched side by side; 1 is greedy search, or sampling",
      recordKey: "beams"),
    GenerationSetting(
      key: "num_return_sequences", field: .integer(\.numReturnSequences, 1...largestNumBeams),
      meaning: "hypotheses in the results, best first; at most `num_beams` unless sampled",
      recordKey: "return_sequences"),
    GenerationSetting(
      key: "max_new_tokens", field: .integer(\.maxNewTokens, 1...largestLength),
      meaning: "tokens to generate at most, the end-of-sequence token included"),
    GenerationSetting(
      key: "min_new_tokens", field: .integer(\.minNewTokens, 0...largestLength),
      meaning: "no end-of-sequence token before this number of tokens"),
    GenerationSetting(
      key: "length_penalty", field: .number(\.lengthPenalty, .finite),
      meaning: "the exponent p in score = sum of log-probabilities / generated length ^ p"),
    GenerationSetting(
      key: "early_stopping", field: .earlyStopping(\.earlyStopping),
      meaning: """
        `true`: stop when `num_beams` hypotheses have ended; `false`: when no running one, judged at its current length, \
        is better than the worst of them; `never`: judged at the best length it can reach
        """),
    GenerationSetting(
      key: "repetition_penalty", field: .number(\.repetitionPenalty, .above(0)),
      meaning: "above 1, tokens of prompt and answer become less probable"),
    GenerationSetting(
      key: "no_repeat_ngram_size", field: .integer(\.noRepeatNgramSize, 0...(.max)),
      meaning: "no n-gram of this many tokens occurs twice, the prompt's included; 0 is off",
      requirement: "0 (off) or more"),
    GenerationSetting(
      key: "stop_strings", field: .texts(\.stopStrings),
      meaning: "a text or a list of texts that end an answer; the answer keeps it"),
    GenerationSetting(
      key: "do_sample", field: .flag(\.doSample),
      meaning: "sample tokens at random; needs `num_beams: 1`"),
    GenerationSetting(
      key: "temperature", field: .number(\.temperature, .above(0)),
      meaning: "what logits are divided by before sampling",
      requirement: "above 0 (for the most probable tokens set do_sample to false)"),
    GenerationSetting(
      key: "top_k", field: .integer(\.topK, 0...(.max)),
      meaning: "sample among this number of most probable tokens; 0 is all",
      requirement: "0 (off) or more"),
    // Of a job, 0 is taken for a mistake; transformers takes it for the most probable token.
    GenerationSetting(
      key: "top_p", field: .number(\.topP, .closed(0...1)),
      meaning: "sample among the fewest most probable tokens that have this probability together",
      jobRange: .aboveUpTo(0, 1)),
    GenerationSetting(
      key: "min_p", field: .number(\.minP, .closed(0...1)),
      meaning:
        "sample among tokens whose probability relative to the most probable one is at least this; 0 is all"
    ),
    GenerationSetting(
      key: "seed", field: .integer(\.seed, 0...(.max)),
      meaning: """
        with the row's number and the token's position, determines what is sampled: a row samples the same in any batch
        """,
      isInModelFile: false),
  ]

  /// Far above what a search uses (quality falls beyond some tens of beams), and small enough that
  /// `num_beams²` candidates take little memory.
  private static let largestNumBeams = 1024
  /// Above any model's context, and small enough that lengths multiply without overflow.
  private static let largestLength = 1 << 30
}

extension GenerationSetting.NumberRange {
  public func contains(_ value: Double) -> Bool {
    switch self {
    case .finite: value.isFinite
    case .above(let bound): value > bound && value.isFinite
    case .aboveUpTo(let lower, let upper): value > lower && value <= upper
    case .closed(let range): range.contains(value)
    }
  }

  fileprivate var requirement: String {
    func text(_ bound: Double) -> String { "\(Int(bound))" }
    return switch self {
    case .finite: "finite"
    case .above(let bound): "above \(text(bound))"
    case .aboveUpTo(let lower, let upper): "above \(text(lower)) and at most \(text(upper))"
    case .closed(let range): "\(text(range.lowerBound)) to \(text(range.upperBound))"
    }
  }
}

extension GenerationSetting {
  var path: AnyKeyPath {
    switch field {
    case .integer(let path, _): path
    case .number(let path, _): path
    case .flag(let path): path
    case .texts(let path): path
    case .earlyStopping(let path): path
    }
  }

  func copy(from source: GenerationSettings, to settings: inout GenerationSettings) {
    func copy<Value>(_ path: WritableKeyPath<GenerationSettings, Value>) {
      settings[keyPath: path] = source[keyPath: path]
    }
    switch field {
    case .integer(let path, _): copy(path)
    case .number(let path, _): copy(path)
    case .flag(let path): copy(path)
    case .texts(let path): copy(path)
    case .earlyStopping(let path): copy(path)
    }
  }

  /// Throws if the setting is out of its range.
  func validate(_ settings: GenerationSettings) throws(SearchError) {
    switch field {
    case .integer(let path, let range):
      let value = settings[keyPath: path]
      let bounds =
        range.upperBound == .max
        ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
      try require(range.contains(value), bounds, value)
    case .number(let path, let range):
      let value = settings[keyPath: path]
      try require(range.contains(value), range.requirement, value)
    case .flag, .texts, .earlyStopping: break
    }
  }

  private func require(
    _ holds: Bool, _ range: String, _ value: some Any
  ) throws(SearchError) {
    if !holds { throw .invalid(key, "must be \(requirement ?? range), but is \(value)") }
  }

  /// The row of JOB.md: key, meaning, default.
  public var documentation: String {
    let defaults = GenerationSettings()
    let value =
      switch field {
      case .integer(let path, _): "\(defaults[keyPath: path])"
      case .number(let path, _): "\(defaults[keyPath: path])"
      case .flag(let path): "`\(defaults[keyPath: path])`"
      case .texts(let path): defaults[keyPath: path].first ?? "none"
      case .earlyStopping(let path): "`\(defaults[keyPath: path].rawValue)`"
      }
    return "| `\(key)` | \(meaning) | \(value) |"
  }
}
