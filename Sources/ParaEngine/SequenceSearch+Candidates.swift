import ParaDecoding
import ParaTensors

extension SequenceSearch {
  /// What a lane's next candidates are made from.
  enum Need {
    /// A reduced row of logits.
    case reduced(VocabularyHead.Query, [ScoreEdit])
    /// The whole row, to edit and to draw from.
    case wholeRow([ScoreEdit])
  }

  func need(lane: Int, vocabulary: Int) -> Need {
    let edits = edits(lane: lane, vocabulary: vocabulary)
    switch choice {
    case .drawn: return .wholeRow(edits)
    // Edits before the normaliser is taken change it.
    case _ where search.settings.editsLogits && !edits.isEmpty: return .wholeRow(edits)
    case .forced:
      return .reduced(.init(count: 0, apart: [forcedToken(lane)].compactMap(\.self)), [])
    case .best:
      let apart = Set(edits.map(\.token)).sorted()
      return .reduced(.init(count: search.candidatesPerLane, apart: apart), edits)
    }
  }

  /// The lane's constraints; a configured token beyond the vocabulary constrains nothing.
  private func edits(lane: Int, vocabulary: Int) -> [ScoreEdit] {
    guard !constraints.isEmpty else { return [] }
    return constraints.edits(generated: search.tokens(ofLane: lane)).filter {
      Int($0.token) < vocabulary
    }
  }

  private func forcedToken(_ lane: Int) -> TokenID? {
    guard case .forced(let tokens) = choice else { return nil }
    return tokens[search.tokens(ofLane: lane).count]
  }

  /// The lane's candidates from what `query` asked for; the query may have asked for more.
  func candidates(
    _ answer: VocabularyHead.Answer, _ query: VocabularyHead.Query, _ edits: [ScoreEdit], lane: Int
  ) -> [Candidate] {
    func candidate(_ token: TokenID, _ logit: Float) -> Candidate {
      Candidate(token: token, logProbability: logit - answer.logSumExp)
    }
    if let token = forcedToken(lane) {
      return [candidate(token, answer.logit(token, query) ?? -.infinity)]
    }
    var candidates = answer.best.map { candidate($0.token, $0.logit) }
    guard !edits.isEmpty else { return Array(candidates.prefix(search.candidatesPerLane)) }
    for token in Set(edits.map(\.token)) {
      guard let logit = answer.logit(token, query) else { continue }
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

  /// The lane's candidates from its whole row of logits, which is edited in place.
  func candidates(
    _ logits: UnsafeMutablePointer<Float>, vocabulary: Int, _ edits: [ScoreEdit], lane: Int
  ) throws(SearchError) -> [Candidate] {
    for edit in edits { logits[Int(edit.token)] = edit.applied(to: logits[Int(edit.token)]) }
    if case .drawn(let sampler) = choice {
      let row = UnsafeBufferPointer(start: logits, count: vocabulary)
      return [try sampler.draw(from: row.span, position: search.tokens(ofLane: lane).count)]
    }
    let normaliser = LogitRow.logSumExp(logits, vocabulary: vocabulary)
    return LogitRow.largest(logits, vocabulary: vocabulary, count: search.candidatesPerLane)
      .map { Candidate(token: $0.token, logProbability: $0.logit - normaliser) }
  }
}
