public import ParaDecoding

extension GenerationSettings {
  /// The search that these settings describe, for a model whose answers end with these tokens.
  ///
  /// - Throws: `SearchError` naming the setting that is out of its range.
  public func search(endOfSequence: [TokenID]) throws -> SearchSettings {
    let stopping: ParaDecoding.EarlyStopping =
      switch earlyStopping {
      case .no: .heuristic
      case .yes: .always
      case .never: .never
      }
    return try SearchSettings(
      numBeams: beams, maxNewTokens: maxNewTokens, minNewTokens: minNewTokens,
      lengthPenalty: lengthPenalty,
      earlyStopping: stopping, numReturnSequences: returnSequences, endOfSequence: endOfSequence,
      repetitionPenalty: repetitionPenalty, noRepeatNgramSize: noRepeatNgramSize,
      doSample: doSample,
      temperature: temperature, topK: topK, topP: topP, minP: minP, seed: UInt64(seed))
  }
}
