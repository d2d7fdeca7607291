import ParaDecoding

/// One search over one prompt, with all that decides its next tokens.
struct SequenceSearch: Sendable {
  /// How a lane's next token is chosen.
  enum Choice {
    /// The best candidates compete: beam search, or greedy search with one beam.
    case best
    /// Drawn at random, for one of a row's sampled sequences.
    case drawn(Sampler)
    /// Given beforehand, to learn its probability.
    case forced([TokenID])
  }

  private(set) var search: BeamSearch
  let choice: Choice
  let constraints: TokenConstraints
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

  /// - Parameter lanes: The candidates of each lane. What is no number never ranks, so that a lane of such
  ///   has fewer than its neighbours, which would be taken for its own.
  mutating func advance(_ lanes: some Collection<[Candidate]>) throws(SearchError) -> Advance {
    let most = lanes.map(\.count).max() ?? 0
    for (lane, own) in lanes.enumerated() where own.count < most {
      throw SearchError(
        .invalidScore,
        "Lane \(lane) has \(own.count) candidates and another \(most); the model's scores must be "
          + "finite or -inf.")
    }
    let candidates = lanes.flatMap(\.self)
    guard let completesStopString else { return try search.advance(candidates.span) }
    let before = search
    return try search.advance(candidates.span) { lane, token in
      completesStopString(before.tokens(ofLane: lane) + [token])
    }
  }
}
