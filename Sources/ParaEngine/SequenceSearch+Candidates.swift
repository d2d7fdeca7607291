import ParaDecoding
import ParaTensors

/// What a lane of a ``SequenceSearch`` needs of the next token's logits.
enum LogitsNeed {
  /// The best logits and those of the tokens that processors edit.
  case topK(TopKRequest, [LogitsProcessors.Edit])
  /// A full row, to edit and to sample from.
  case fullRow([LogitsProcessors.Edit])

  var isFullRow: Bool {
    if case .fullRow = self { true } else { false }
  }
}

extension SequenceSearch {
  func logitsNeed(lane: Int, vocabulary: Int) -> LogitsNeed {
    if forcedCandidate(lane) != nil { return .topK(TopKRequest(count: 1, gathered: []), []) }
    let edits = edits(lane: lane, vocabulary: vocabulary)
    switch mode {
    case .sample: return .fullRow(edits)
    // Edits of logits change the log-sum-exp; edits of log-probabilities do not.
    case _ where search.settings.processesLogits && !edits.isEmpty: return .fullRow(edits)
    case .teacherForced:
      return .topK(TopKRequest(count: 0, gathered: [forcedToken(lane)].compactMap(\.self)), [])
    case .search:
      let gathered = Set(edits.map(\.token)).sorted()
      return .topK(TopKRequest(count: search.candidatesPerLane, gathered: gathered), edits)
    }
  }

  /// A lane's candidates, log-probabilities edited, from a top-k result; `request` may have asked
  /// for more than this lane needs.
  func candidates(
    _ result: TopKResult, _ request: TopKRequest, _ edits: [LogitsProcessors.Edit], lane: Int
  ) -> [Candidate] {
    func candidate(_ token: TokenID, _ logit: Float) -> Candidate {
      Candidate(token: token, logProbability: logit - result.logSumExp)
    }
    if let forced = forcedCandidate(lane) { return [forced] }
    if let token = forcedToken(lane) {
      return [candidate(token, result.logit(token, request) ?? -.infinity)]
    }
    var candidates = result.best.map { candidate($0.token, $0.logit) }
    guard !edits.isEmpty else { return Array(candidates.prefix(search.candidatesPerLane)) }
    for token in Set(edits.map(\.token)) {
      guard let logit = result.logit(token, request) else { continue }
      var edited = candidate(token, logit)
      for edit in edits where edit.token == token {
        edited.logProbability = edit.applied(to: edited.logProbability)
      }
      candidates.append(edited)
    }
    candidates.sort {
      $0.logProbability > $1.logProbability
        || ($0.logProbability == $1.logProbability && $0.token < $1.token)
    }
    return Array(candidates.prefix(search.candidatesPerLane))
  }

  /// A lane's candidates from a full row of logits.
  ///
  /// - Parameter logits: [vocabulary], edited in place.
  func candidates(
    _ logits: UnsafeMutablePointer<Float>, vocabulary: Int, _ edits: [LogitsProcessors.Edit],
    lane: Int
  ) throws(SearchError) -> [Candidate] {
    for edit in edits {
      let logit = logits[Int(edit.token)]
      // An edit to −∞ would hide it.
      if logit.isNaN {
        throw SearchError(.invalidScore, "The logit of token \(edit.token) is NaN.")
      }
      logits[Int(edit.token)] = edit.applied(to: logit)
    }
    if case .sample(let sampler) = mode {
      let row = UnsafeBufferPointer(start: logits, count: vocabulary)
      return [try sampler.sample(from: row.span, position: search.tokens(ofLane: lane).count)]
    }
    let logSumExp = LogitRow.logSumExp(logits, vocabulary: vocabulary)
    return LogitRow.topK(logits, vocabulary: vocabulary, count: search.candidatesPerLane)
      .map { Candidate(token: $0.token, logProbability: $0.logit - logSumExp) }
  }
}
