import ParaDecoding

/// One search over one prompt, with all that determines its next tokens.
struct SequenceSearch: Sendable {
  /// One running lane of a search.
  typealias Lane = (search: SequenceSearch, lane: Int)

  /// How a lane's next token is chosen.
  enum Mode {
    /// The best candidates compete: beam search, or greedy search with one beam.
    case search
    /// Sampled at random, for one of a row's sampled sequences.
    case sample(Sampler)
    /// Given beforehand, to learn the tokens' probabilities.
    case teacherForced([TokenID])
  }

  private(set) var search: BeamSearch
  let mode: Mode
  let processors: LogitsProcessors
  private let completesStopString: GenerationRequest.StopCheck?

  /// The searches of a request: one, or one for each sampled sequence or given continuation.
  ///
  /// - Throws: ``SearchError`` for settings out of their range or an empty continuation.
  static func searches(for request: GenerationRequest) throws(SearchError) -> [SequenceSearch] {
    let settings = request.settings
    try settings.validate()
    var searches: [SequenceSearch] = []
    for continuation in request.continuations {
      var own = GenerationSettings()
      own.maxNewTokens = continuation.count
      own.lengthPenalty = settings.lengthPenalty
      try own.validate()
      searches.append(SequenceSearch(request, own, .teacherForced(continuation)))
    }
    if !searches.isEmpty { return searches }
    guard settings.doSample else { return [SequenceSearch(request, settings, .search)] }
    return (0..<settings.numReturnSequences).map { sequence in
      let sampler = Sampler(settings: settings, row: request.row, sequence: UInt32(sequence))
      return SequenceSearch(request, settings, .sample(sampler))
    }
  }

  private init(_ request: GenerationRequest, _ settings: GenerationSettings, _ mode: Mode) {
    search = BeamSearch(settings: settings)
    processors = LogitsProcessors(settings: settings, prompt: request.tokens)
    completesStopString = request.continuations.isEmpty ? request.completesStopString : nil
    self.mode = mode
  }

  /// The next teacher-forced token of a lane; nil where tokens are searched or sampled.
  func forcedToken(_ lane: Int) -> TokenID? {
    guard case .teacherForced(let tokens) = mode else { return nil }
    return tokens[search.tokens(ofLane: lane).count]
  }

  /// The only candidate of a lane where the settings force its next token.
  func forcedCandidate(_ lane: Int) -> Candidate? {
    processors.forcedCandidate(generated: search.tokens(ofLane: lane))
  }

  /// A lane's edits; those of configured tokens outside the vocabulary are left out.
  func edits(lane: Int, vocabulary: Int) -> [LogitsProcessors.Edit] {
    guard !processors.isEmpty else { return [] }
    return processors.edits(generated: search.tokens(ofLane: lane)).filter {
      Int($0.token) < vocabulary
    }
  }

  /// - Parameter lanes: The candidates of each lane.
  /// - Throws: ``SearchError``; `invalidScore` too for lanes without candidates, and for one with fewer
  ///   than another. NaN logits never rank, so a lane of NaN has none, and the next lane's would be
  ///   taken for its own.
  mutating func advance(_ lanes: some Collection<[Candidate]>) throws(SearchError) -> Advance {
    let most = lanes.map(\.count).max() ?? 0
    for (lane, own) in lanes.enumerated() where own.count < max(1, most) {
      throw SearchError(
        .invalidScore,
        "Lane \(lane) has \(own.count) candidates for its next token, because the model's scores are "
          + "not numbers; check the model and the adapter for NaN.")
    }
    let candidates = lanes.flatMap(\.self)
    guard let completesStopString else { return try search.advance(candidates.span) }
    let before = search
    return try search.advance(candidates.span) { lane, token in
      completesStopString(before.tokens(ofLane: lane) + [token])
    }
  }
}
