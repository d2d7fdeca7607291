/// How answers are generated: all settings resolved, without optionals. The end-of-sequence
/// tokens are the model's, filled in when a row's prompt is made.
///
/// Names, meaning and defaults are those of `transformers`' `generate`, but for the default of
/// `max_new_tokens`, which is lm-evaluation-harness's (`transformers` has none of use). Three
/// families:
///
/// - greedy: `numBeams` 1 and `doSample` false;
/// - beam search: `numBeams` 2 or more;
/// - sampling: `doSample` true, which needs `numBeams` 1.
///
/// ``GenerationSetting/all`` says what each one means. From that table follow the job file's keys,
/// what is read of `generation_config.json`, merging, `run.json`'s record and the rows of JOB.md: a
/// new setting is a property here, an entry there and its use in the search.
public struct GenerationSettings: Sendable, Hashable {
  public var numBeams = 1
  public var maxNewTokens = 256
  public var minNewTokens = 0
  public var lengthPenalty = 1.0
  public var earlyStopping = EarlyStopping.heuristic
  public var numReturnSequences = 1
  /// The tokens that end a sequence. A row's own go before the model's, which stand for none.
  public var endOfSequence: [TokenID] = []
  public var stopStrings: [String] = []
  public var repetitionPenalty = 1.0
  public var noRepeatNgramSize = 0
  public var doSample = false
  public var temperature = 1.0
  public var topK = 50
  public var topP = 1.0
  public var minP = 0.0
  public var seed = 0
  public var minLength = 0
  public var encoderRepetitionPenalty = 1.0
  public var encoderNoRepeatNgramSize = 0
  public var badWords: [[TokenID]] = []
  public var sequenceBias: [SequenceBias] = []
  public var suppressTokens: [TokenID] = []
  public var beginSuppressTokens: [TokenID] = []
  public var lengthDecay = LengthDecay(start: 0, factor: 1)
  /// One token at most, as `forcedEndOfSequence`.
  public var forcedBeginOfSequence: [TokenID] = []
  public var forcedEndOfSequence: [TokenID] = []
  /// What the model's file asks for and is not supported.
  public var unsupported: [UnsupportedSetting] = []
}

/// When a beam search with `num_beams` finished hypotheses stops, as `transformers` spells it.
public enum EarlyStopping: String, Sendable, Hashable {
  /// `false`: when no running beam, judged at its current length, beats the worst finished one.
  case heuristic = "false"
  /// `true`: at once.
  case always = "true"
  /// `"never"`: when no running beam can still beat the worst finished one, judged at the best
  /// length it can attain: `max_new_tokens` if the length penalty is positive, else its current
  /// length.
  case never
}

extension EarlyStopping: Codable {
  /// From true, false or "never".
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      self = flag ? .always : .heuristic
    } else if (try? container.decode(String.self)) == "never" {
      self = .never
    } else {
      throw SearchError.invalid("early_stopping", "must be true, false or \"never\"")
    }
  }
}

extension GenerationSettings {
  /// Two settings that contradict each other.
  public struct Conflict: Sendable, Hashable {
    /// The setting to change.
    let key: String
    /// What it must be, as the rest of a sentence that begins with `key`.
    let requirement: String
    /// Both settings, as the rest of a sentence that begins with who asks for them.
    package let request: String
  }

  public var conflict: Conflict? {
    if let setting = unsupported.first(where: { $0.hasEffect(in: self) }) {
      return Conflict(
        key: setting.key,
        requirement: "\(setting.value) of \(setting.file) is not supported; \(setting.remedy)",
        request: """
          asks for \(setting.key) \(setting.value) by the model's \(setting.file), which is not supported: \
          \(setting.remedy)
          """)
    }
    if minNewTokens > maxNewTokens {
      return Conflict(
        key: "min_new_tokens",
        requirement: "must be 0 to max_new_tokens (\(maxNewTokens)), but is \(minNewTokens)",
        request: "asks for min_new_tokens \(minNewTokens) and max_new_tokens \(maxNewTokens)")
    }
    if doSample, numBeams > 1 {
      return Conflict(
        key: "do_sample",
        requirement: """
          must be false when num_beams is above 1 (\(numBeams)): sampled beams are not supported
          """,
        request: """
          asks for do_sample and num_beams \(numBeams), and sampled beams are not supported: say do_sample: false or \
          num_beams: 1 (what the job does not say, the model's generation_config.json decides)
          """)
    }
    if !doSample, numReturnSequences > numBeams {
      return Conflict(
        key: "num_return_sequences",
        requirement: "must be 1 to num_beams (\(numBeams)), but is \(numReturnSequences)",
        request: "asks for num_return_sequences \(numReturnSequences) of num_beams \(numBeams)")
    }
    for setting in GenerationSetting.all where setting.isForSampling {
      guard let complaint = setting.complaint(self) else { continue }
      return Conflict(
        key: setting.key, requirement: complaint,
        request: "asks for do_sample, for which \(setting.key) \(complaint)")
    }
    return nil
  }

  /// - Throws: ``SearchError`` with code `invalidSetting` that names the first setting which is out of
  ///   its range or contradicts another.
  public func validate() throws(SearchError) {
    for setting in GenerationSetting.all { try setting.validate(self) }
    if let conflict { throw .invalid(conflict.key, conflict.requirement) }
  }
}

extension SearchError {
  static func invalid(_ setting: String, _ requirement: String) -> SearchError {
    SearchError(.invalidSetting, "\(setting) \(requirement).", setting: setting)
  }
}
