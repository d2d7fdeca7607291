extension SearchSettings {
  /// Throws at the first setting that is out of range, in the order of declaration.
  func validate() throws(SearchError) {
    try validateSearch()
    try validateConstraints()
    try validateSampling()
  }

  private func validateSearch() throws(SearchError) {
    try require(
      (1...Self.largestNumBeams).contains(numBeams), "num_beams",
      "must be 1 to \(Self.largestNumBeams), but is \(numBeams)")
    try require(
      (1...Self.largestLength).contains(maxNewTokens), "max_new_tokens",
      "must be 1 to \(Self.largestLength), but is \(maxNewTokens)")
    try require(
      (0...maxNewTokens).contains(minNewTokens), "min_new_tokens",
      "must be 0 to max_new_tokens (\(maxNewTokens)), but is \(minNewTokens)")
    try require(
      lengthPenalty.isFinite, "length_penalty", "must be finite, but is \(lengthPenalty)")
    let returned = doSample ? Self.largestNumBeams : numBeams
    try require(
      (1...returned).contains(numReturnSequences), "num_return_sequences",
      "must be 1 to \(doSample ? "\(returned)" : "num_beams (\(returned))"), "
        + "but is \(numReturnSequences)")
    try require(
      endOfSequence.allSatisfy { $0 >= 0 }, "eos_token_id",
      "must not be negative, but is \(endOfSequence)")
    try require(
      Set(endOfSequence).count == endOfSequence.count, "eos_token_id",
      "must not name an id twice, but is \(endOfSequence)")
  }

  private func validateConstraints() throws(SearchError) {
    try require(
      repetitionPenalty > 0 && repetitionPenalty.isFinite, "repetition_penalty",
      "must be above 0, but is \(repetitionPenalty)")
    try require(
      noRepeatNgramSize >= 0, "no_repeat_ngram_size",
      "must be 0 (off) or more, but is \(noRepeatNgramSize)")
  }

  private func validateSampling() throws(SearchError) {
    try require(
      !doSample || numBeams == 1, "do_sample",
      "must be false when num_beams is above 1 (\(numBeams)): sampled beams are not supported")
    try require(
      temperature > 0 && temperature.isFinite, "temperature",
      "must be above 0 (for the most probable tokens set do_sample to false), "
        + "but is \(temperature)")
    try require(topK >= 0, "top_k", "must be 0 (off) or more, but is \(topK)")
    try require((0...1).contains(topP), "top_p", "must be 0 to 1, but is \(topP)")
    try require((0...1).contains(minP), "min_p", "must be 0 to 1, but is \(minP)")
  }

  private func require(
    _ holds: Bool, _ setting: String, _ expectation: @autoclosure () -> String
  ) throws(SearchError) {
    if !holds { throw .invalid(setting, expectation()) }
  }

  /// Far above what a search uses (quality falls past some tens of beams), and small enough that
  /// `numBeams²` candidates are no memory.
  static var largestNumBeams: Int { 1024 }
  /// Above any model's context, and small enough that lengths multiply without overflow.
  static var largestLength: Int { 1 << 30 }
}

extension SearchError {
  static func invalid(_ setting: String, _ expectation: String) -> SearchError {
    SearchError(.invalidSetting, "\(setting) \(expectation).", setting: setting)
  }
}
