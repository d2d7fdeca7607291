import Decoding
import Tensors

/// One search over one prompt, with all that decides its next tokens.
struct SequenceSearch: Sendable {
  /// How a lane's next token is chosen.
  private enum Choice {
    /// The best candidates compete: beam search, or greedy search with one beam.
    case best
    /// Drawn at random, for one of a row's sampled sequences.
    case drawn(Sampler)
    /// Given beforehand, to learn its probability.
    case forced([TokenID])
  }

  private(set) var search: BeamSearch
  private let choice: Choice
  private let constraints: TokenConstraints
  private let completesStopString: GenerationRequest.StopCheck?

  /// The searches that a request asks for: one, or one for each sampled sequence or given continuation.
  static func searches(for request: GenerationRequest) throws(SearchError) -> [SequenceSearch] {
    let settings = request.settings
    var searches: [SequenceSearch] = []
    for continuation in request.continuations {
      let length = try SearchSettings(
        numBeams: 1, maxNewTokens: continuation.count, lengthPenalty: settings.lengthPenalty)
      searches.append(SequenceSearch(request, length, .forced(continuation)))
    }
    if !searches.isEmpty { return searches }
    guard settings.doSample else { return [SequenceSearch(request, settings, .best)] }
    return (0..<settings.numReturnSequences).map { sequence in
      let sampler = Sampler(settings: settings, row: request.row, sequence: UInt32(sequence))
      return SequenceSearch(request, settings, .drawn(sampler))
    }
  }

  private init(_ request: GenerationRequest, _ settings: SearchSettings, _ choice: Choice) {
    search = BeamSearch(settings: settings)
    constraints = TokenConstraints(settings: settings, prompt: request.tokens)
    completesStopString = request.continuations.isEmpty ? request.completesStopString : nil
    self.choice = choice
  }

  /// The candidates of one lane from its row of logits, which is edited in place.
  func candidates(
    _ logits: UnsafeMutablePointer<Float>, vocabulary: Int, lane: Int
  ) throws(SearchError) -> [Candidate] {
    let edits = edits(lane: lane, vocabulary: vocabulary)
    if search.settings.editsLogits {
      for edit in edits { logits[Int(edit.token)] = edit.applied(to: logits[Int(edit.token)]) }
    }
    if case .drawn(let sampler) = choice {
      let row = UnsafeBufferPointer(start: logits, count: vocabulary)
      return [try sampler.draw(from: row.span, position: search.tokens(ofLane: lane).count)]
    }
    let normaliser = TopCandidates.logSumExp(logits, vocabulary: vocabulary)
    if case .forced(let tokens) = choice {
      let token = tokens[search.tokens(ofLane: lane).count]
      return [Candidate(token: token, logProbability: logits[Int(token)] - normaliser)]
    }
    if !search.settings.editsLogits {
      for edit in edits {
        let token = Int(edit.token)
        logits[token] = edit.applied(to: logits[token] - normaliser) + normaliser
      }
    }
    return TopCandidates.largest(
      logits, vocabulary: vocabulary, count: search.candidatesPerLane
    ).map { Candidate(token: $0.token, logProbability: $0.logit - normaliser) }
  }

  /// The lane's constraints; a configured token beyond the vocabulary constrains nothing.
  private func edits(lane: Int, vocabulary: Int) -> [ScoreEdit] {
    guard !constraints.isEmpty else { return [] }
    return constraints.edits(generated: search.tokens(ofLane: lane)).filter {
      Int($0.token) < vocabulary
    }
  }

  mutating func advance(_ candidates: [Candidate]) throws(SearchError) -> Advance {
    guard let completesStopString else { return try search.advance(candidates.span) }
    let before = search
    return try search.advance(candidates.span) { lane, token in
      completesStopString(before.tokens(ofLane: lane) + [token])
    }
  }
}
