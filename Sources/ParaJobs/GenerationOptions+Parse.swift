extension GenerationOptions {
  /// The keys, spelled as in `transformers`.
  private enum Key: String, CaseIterable {
    case beams = "num_beams"
    case returnSequences = "num_return_sequences"
    case maxNewTokens = "max_new_tokens"
    case minNewTokens = "min_new_tokens"
    case lengthPenalty = "length_penalty"
    case earlyStopping = "early_stopping"
    case repetitionPenalty = "repetition_penalty"
    case noRepeatNgramSize = "no_repeat_ngram_size"
    case stopStrings = "stop_strings"
    case doSample = "do_sample"
    case temperature
    case topK = "top_k"
    case topP = "top_p"
    case minP = "min_p"
    case seed
  }

  /// The settings that a mapping holds; none for nil.
  init(_ node: JobNode?) throws {
    guard let node else { return }
    let section = try JobSection<Key>(node)
    beams = try section[.beams]?.int(in: 1...(.max))
    returnSequences = try section[.returnSequences]?.int(in: 1...(.max))
    maxNewTokens = try section[.maxNewTokens]?.int(in: 1...(.max))
    minNewTokens = try section[.minNewTokens]?.int(in: 0...(.max))
    lengthPenalty = try section[.lengthPenalty]?.double()
    earlyStopping = try section[.earlyStopping]?.earlyStopping()
    repetitionPenalty = try section[.repetitionPenalty]?.double(above: 0)
    noRepeatNgramSize = try section[.noRepeatNgramSize]?.int(in: 0...(.max))
    stopStrings = try section[.stopStrings]?.strings()
    doSample = try section[.doSample]?.bool()
    temperature = try section[.temperature]?.double(above: 0)
    topK = try section[.topK]?.int(in: 0...(.max))
    topP = try section[.topP]?.double(above: 0, upTo: 1)
    minP = try section[.minP]?.double(from: 0, upTo: 1)
    seed = try section[.seed]?.int(in: 0...(.max))
  }
}

extension JobNode {
  fileprivate func earlyStopping() throws -> EarlyStopping {
    guard let value = (try? string()).flatMap(EarlyStopping.init(rawValue:)) else {
      throw wrongKind("true, false or \"never\"")
    }
    return value
  }
}
