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
    /// A token or a list of at most so many tokens.
    case tokens(Path<[TokenID]>, atMost: Int)
    /// A list of lists of tokens.
    case sequences(Path<[[TokenID]]>)
    /// A list of pairs `[tokens, bias]`.
    case biases(Path<[SequenceBias]>)
    /// A pair `[start, factor]`.
    case decay(Path<LengthDecay>)
    /// true, false or "never".
    case earlyStopping(Path<EarlyStopping>)
  }

  public enum NumberRange: Sendable, Hashable {
    case finite
    /// Greater than the bound.
    case above(Double)
    case closed(ClosedRange<Double>)
  }

  /// As `transformers` spells it: the key in job files and `generation_config.json`.
  public let key: String
  public let field: Field
  /// What it does, in JOB.md's words.
  public let meaning: String
  /// Whether it has an effect, and so a range, only where tokens are sampled.
  public var isForSampling = false
  /// Whether a model's `generation_config.json` gives it to the job. `eos_token_id` is read with the
  /// model, which drops what its vocabulary lacks.
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
      key: "min_length", field: .integer(\.minLength, 0...largestLength),
      meaning: "no end-of-sequence token before prompt and answer have this number of tokens"),
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
      key: "encoder_repetition_penalty", field: .number(\.encoderRepetitionPenalty, .above(0)),
      meaning: "above 1, tokens of the prompt become more probable"),
    GenerationSetting(
      key: "encoder_no_repeat_ngram_size", field: .integer(\.encoderNoRepeatNgramSize, 0...(.max)),
      meaning: "no n-gram of this many tokens of the prompt occurs in the answer; 0 is off",
      requirement: "0 (off) or more"),
    GenerationSetting(
      key: "bad_words_ids", field: .sequences(\.badWords),
      meaning: "a list of lists of tokens: none of these sequences is completed"),
    GenerationSetting(
      key: "sequence_bias", field: .biases(\.sequenceBias),
      meaning: """
        a list of pairs `[tokens, bias]`: what is added to the score of the last token where it completes the sequence
        """),
    GenerationSetting(
      key: "suppress_tokens", field: .tokens(\.suppressTokens, atMost: .max),
      meaning: "tokens that are never generated"),
    GenerationSetting(
      key: "begin_suppress_tokens", field: .tokens(\.beginSuppressTokens, atMost: .max),
      meaning: "tokens that no answer begins with"),
    GenerationSetting(
      key: "exponential_decay_length_penalty", field: .decay(\.lengthDecay),
      meaning: """
        a pair `[start, factor]`: after `start` tokens the end-of-sequence token's score s grows by abs(s) · (factor^n − 1), \
        n counted from there
        """),
    GenerationSetting(
      key: "forced_bos_token_id", field: .tokens(\.forcedBeginOfSequence, atMost: 1),
      meaning: "the first token of every answer to a prompt of a single token"),
    GenerationSetting(
      key: "forced_eos_token_id", field: .tokens(\.forcedEndOfSequence, atMost: 1),
      meaning: "the last token of an answer that reaches `max_new_tokens`"),
    GenerationSetting(
      key: "eos_token_id", field: .tokens(\.endOfSequence, atMost: .max),
      meaning: "a token, or a list of tokens, that ends an answer", isInModelFile: false),
    GenerationSetting(
      key: "stop_strings", field: .texts(\.stopStrings),
      meaning: "a text or a list of texts that end an answer; the answer keeps it"),
    GenerationSetting(
      key: "do_sample", field: .flag(\.doSample),
      meaning: "sample tokens at random; needs `num_beams: 1`"),
    GenerationSetting(
      key: "temperature", field: .number(\.temperature, .above(0)),
      meaning: "what logits are divided by before sampling", isForSampling: true,
      requirement: "above 0 (for the most probable tokens set do_sample to false)"),
    GenerationSetting(
      key: "top_k", field: .integer(\.topK, 0...(.max)),
      meaning: "sample among this number of most probable tokens; 0 is all", isForSampling: true,
      requirement: "0 (off) or more"),
    GenerationSetting(
      key: "top_p", field: .number(\.topP, .closed(0...1)),
      meaning: """
        sample among the fewest most probable tokens that have this probability together; 0 is the most probable one
        """,
      isForSampling: true),
    GenerationSetting(
      key: "min_p", field: .number(\.minP, .closed(0...1)),
      meaning: """
        sample among tokens whose probability relative to the most probable one is at least this; 0 is all
        """,
      isForSampling: true),
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
    case .closed(let range): range.contains(value)
    }
  }

  fileprivate var requirement: String {
    func text(_ bound: Double) -> String { "\(Int(bound))" }
    return switch self {
    case .finite: "finite"
    case .above(let bound): "above \(text(bound))"
    case .closed(let range): "\(text(range.lowerBound)) to \(text(range.upperBound))"
    }
  }
}

extension GenerationSetting {
  var path: AnyKeyPath { storage.path }

  /// Throws if the setting is out of its range and has an effect.
  func validate(_ settings: GenerationSettings) throws(SearchError) {
    if let complaint = complaint(settings) { throw .invalid(key, complaint) }
  }

  /// What its value must be and is, as the rest of a sentence; nil if it is fine or has no effect.
  func complaint(_ settings: GenerationSettings) -> String? {
    if isForSampling, !settings.doSample { return nil }
    switch field {
    case .integer(let path, let range):
      let bounds =
        range.upperBound == .max
        ? "\(range.lowerBound) or more" : "\(range.lowerBound) to \(range.upperBound)"
      return require(range.contains, bounds, settings[keyPath: path])
    case .number(let path, let range):
      return require(range.contains, range.requirement, settings[keyPath: path])
    case .tokens(let path, let most):
      let bounds = most == 1 ? "one token that is not negative" : "tokens that are not negative"
      return require(
        { $0.count <= most && $0.allSatisfy { $0 >= 0 } }, bounds, settings[keyPath: path])
    case .sequences(let path):
      return require({ $0.allSatisfy(Self.isSequence) }, Self.sequences, settings[keyPath: path])
    case .biases(let path):
      return require(
        { biases in
          biases.allSatisfy { Self.isSequence($0.tokens) && $0.bias.isFinite }
            && Set(biases.map(\.tokens)).count == biases.count
        },
        "\(Self.sequences) and none twice, each with a finite number", settings[keyPath: path])
    case .decay(let path):
      return require(
        { $0.start >= 0 && $0.factor > 0 && $0.factor.isFinite }, "[0 or more, above 0]",
        settings[keyPath: path])
    case .flag, .texts, .earlyStopping: return nil
    }
  }

  private static let sequences = "lists of tokens that are not negative, none of them empty"

  private static func isSequence(_ tokens: [TokenID]) -> Bool {
    !tokens.isEmpty && tokens.allSatisfy { $0 >= 0 }
  }

  private func require<Value>(
    _ holds: (Value) -> Bool, _ range: String, _ value: Value
  ) -> String? {
    holds(value) ? nil : "must be \(requirement ?? range), but is \(value)"
  }

  /// The row of JOB.md: key, meaning, default.
  public var documentation: String {
    let defaults = GenerationSettings()
    let value =
      switch field {
      case .integer(let path, _): "\(defaults[keyPath: path])"
      case .number(let path, _): "\(defaults[keyPath: path])"
      case .flag(let path): "`\(defaults[keyPath: path])`"
      case .earlyStopping(let path): "`\(defaults[keyPath: path].rawValue)`"
      case .tokens(\.endOfSequence, _): "the model's"
      case .texts, .tokens, .sequences, .biases, .decay: "none"
      }
    return "| `\(key)` | \(meaning) | \(value) |"
  }
}
