/// Read and written with the names of `transformers`' generation settings. Absent and null settings
/// take the initialiser's defaults, and `eos_token_id` may be one id or a list. Keys that are not
/// settings of this type are left to whoever owns the file.
extension SearchSettings {
  enum CodingKeys: String, CodingKey {
    case numBeams = "num_beams"
    case maxNewTokens = "max_new_tokens"
    case minNewTokens = "min_new_tokens"
    case lengthPenalty = "length_penalty"
    case earlyStopping = "early_stopping"
    case numReturnSequences = "num_return_sequences"
    case endOfSequence = "eos_token_id"
    case repetitionPenalty = "repetition_penalty"
    case noRepeatNgramSize = "no_repeat_ngram_size"
    case doSample = "do_sample"
    case temperature
    case topK = "top_k"
    case topP = "top_p"
    case minP = "min_p"
    case seed
  }

  /// - Throws: ``SearchError`` for a value out of range, the standard library's `DecodingError` for
  ///   one of another type.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func setting<Value: Decodable>(_ key: CodingKeys, _ otherwise: Value) throws -> Value {
      try container.decodeIfPresent(Value.self, forKey: key) ?? otherwise
    }
    let endOfSequence: [TokenID] =
      if let id = try? container.decode(TokenID.self, forKey: .endOfSequence) {
        [id]
      } else {
        try setting(.endOfSequence, [])
      }
    let defaults = try SearchSettings()
    try self.init(
      numBeams: setting(.numBeams, defaults.numBeams),
      maxNewTokens: setting(.maxNewTokens, defaults.maxNewTokens),
      minNewTokens: setting(.minNewTokens, defaults.minNewTokens),
      lengthPenalty: setting(.lengthPenalty, defaults.lengthPenalty),
      earlyStopping: setting(.earlyStopping, defaults.earlyStopping),
      numReturnSequences: setting(.numReturnSequences, defaults.numReturnSequences),
      endOfSequence: endOfSequence,
      repetitionPenalty: setting(.repetitionPenalty, defaults.repetitionPenalty),
      noRepeatNgramSize: setting(.noRepeatNgramSize, defaults.noRepeatNgramSize),
      doSample: setting(.doSample, defaults.doSample),
      temperature: setting(.temperature, defaults.temperature),
      topK: setting(.topK, defaults.topK),
      topP: setting(.topP, defaults.topP),
      minP: setting(.minP, defaults.minP),
      seed: setting(.seed, defaults.seed))
  }
}
