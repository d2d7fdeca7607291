/// Generation settings with every default filled in.
///
/// The defaults are those of `transformers` for a model that has none of its own, but for `maxNewTokens`: it has none that is of use, so
/// lm-evaluation-harness's is taken.
public struct GenerationSettings: Sendable, Equatable, Codable {
  public var beams = 1
  /// How many hypotheses a row's result holds, best first.
  public var returnSequences = 1
  public var maxNewTokens = 256
  public var minNewTokens = 0
  /// The exponent of the generated length that a sum of log-probabilities is divided by.
  public var lengthPenalty = 1.0
  public var earlyStopping = EarlyStopping.no
  /// 1 is none.
  public var repetitionPenalty = 1.0
  /// 0 is none.
  public var noRepeatNgramSize = 0
  public var stopStrings: [String] = []
  public var doSample = false
  public var temperature = 1.0
  /// 0 is all tokens.
  public var topK = 50
  public var topP = 1.0
  /// 0 is none.
  public var minP = 0.0
  public var seed = 0

  public init() {}

  /// `options`, and the defaults where they are silent.
  public init(_ options: GenerationOptions) {
    func fill<Value>(_ value: inout Value, _ option: Value?) {
      if let option { value = option }
    }
    fill(&beams, options.beams)
    fill(&returnSequences, options.returnSequences)
    fill(&maxNewTokens, options.maxNewTokens)
    fill(&minNewTokens, options.minNewTokens)
    fill(&lengthPenalty, options.lengthPenalty)
    fill(&earlyStopping, options.earlyStopping)
    fill(&repetitionPenalty, options.repetitionPenalty)
    fill(&noRepeatNgramSize, options.noRepeatNgramSize)
    fill(&stopStrings, options.stopStrings)
    fill(&doSample, options.doSample)
    fill(&temperature, options.temperature)
    fill(&topK, options.topK)
    fill(&topP, options.topP)
    fill(&minP, options.minP)
    fill(&seed, options.seed)
  }

  /// What two of the settings have against each other, as the end of a sentence; nil if nothing.
  var contradiction: String? {
    if minNewTokens > maxNewTokens {
      return "asks for min_new_tokens \(minNewTokens) and max_new_tokens \(maxNewTokens)"
    }
    if doSample, beams > 1 {
      return """
        asks for do_sample and num_beams \(beams), and sampled beams are not supported: say do_sample: false or num_beams: 1 \
        (what the job does not say, the model's generation_config.json decides)
        """
    }
    if !doSample, returnSequences > beams {
      return "asks for num_return_sequences \(returnSequences) of num_beams \(beams)"
    }
    return nil
  }
}
