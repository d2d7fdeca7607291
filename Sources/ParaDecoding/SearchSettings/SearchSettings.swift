/// How one prompt's continuation is searched for: resolved, validated, and without optionals.
///
/// Names and defaults are those of `transformers`' `generate`; the initialiser and the decoder
/// take the same values. Three families:
///
/// - greedy: `numBeams` 1 and `doSample` false;
/// - beam search: `numBeams` 2 or more;
/// - sampling: `doSample` true, which needs `numBeams` 1.
public struct SearchSettings: Sendable, Hashable, Codable {
  /// `num_beams`, 1 or more.
  public let numBeams: Int
  /// `max_new_tokens`, 1 or more: generated tokens, the end-of-sequence token included.
  public let maxNewTokens: Int
  /// `min_new_tokens`: no end-of-sequence token before so many tokens.
  public let minNewTokens: Int
  /// `length_penalty`: the exponent of the generated length that divides a hypothesis' sum of
  /// log-probabilities. Positive favours long sequences, negative short ones.
  public let lengthPenalty: Double
  /// `early_stopping`; greedy search and sampling always stop at once.
  public let earlyStopping: EarlyStopping
  /// `num_return_sequences`; at most `numBeams` unless sampling.
  public let numReturnSequences: Int
  /// `eos_token_id`: the ids that end a sequence, distinct; may be empty.
  public let endOfSequence: [TokenID]
  /// `repetition_penalty`, above 0: divides the positive and multiplies the negative scores of
  /// tokens seen in the prompt or generated. 1 leaves them.
  public let repetitionPenalty: Double
  /// `no_repeat_ngram_size`: no n-gram of so many tokens occurs twice, the prompt's included.
  /// 0 allows all.
  public let noRepeatNgramSize: Int
  /// `do_sample`: draw tokens instead of taking the most probable.
  public let doSample: Bool
  /// `temperature`, above 0; sampling only.
  public let temperature: Double
  /// `top_k`: draw among so many most probable tokens, 0 for all; sampling only.
  public let topK: Int
  /// `top_p`: draw among the fewest tokens whose probabilities reach it; sampling only.
  public let topP: Double
  /// `min_p`: draw among tokens at least so probable relative to the best; sampling only.
  public let minP: Double
  /// Chooses the random numbers of a sampled job; see ``Sampler``.
  public let seed: UInt64

  /// - Throws: ``SearchError`` with code `invalidSetting`, naming the first setting that is out of
  ///   its range or contradicts another.
  public init(
    numBeams: Int = 1,
    maxNewTokens: Int = 20,
    minNewTokens: Int = 0,
    lengthPenalty: Double = 1,
    earlyStopping: EarlyStopping = .heuristic,
    numReturnSequences: Int = 1,
    endOfSequence: [TokenID] = [],
    repetitionPenalty: Double = 1,
    noRepeatNgramSize: Int = 0,
    doSample: Bool = false,
    temperature: Double = 1,
    topK: Int = 50,
    topP: Double = 1,
    minP: Double = 0,
    seed: UInt64 = 0
  ) throws(SearchError) {
    self.numBeams = numBeams
    self.maxNewTokens = maxNewTokens
    self.minNewTokens = minNewTokens
    self.lengthPenalty = lengthPenalty
    self.earlyStopping = earlyStopping
    self.numReturnSequences = numReturnSequences
    self.endOfSequence = endOfSequence
    self.repetitionPenalty = repetitionPenalty
    self.noRepeatNgramSize = noRepeatNgramSize
    self.doSample = doSample
    self.temperature = temperature
    self.topK = topK
    self.topP = topP
    self.minP = minP
    self.seed = seed
    try validate()
  }
}
