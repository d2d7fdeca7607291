import ParaDecoding

/// A model whose scores are a hash of the prefix: the one of `Goldens/make.py`, bit for bit.
struct HashModel {
  var vocabulary: Int
  var seed: UInt64

  /// The score of each token after `prefix`: 24 random bits times −2⁻²⁰, exact in fp32.
  func scores(after prefix: [TokenID]) -> [Float] {
    let state = prefix.reduce(seed, step)
    return (0..<vocabulary).map { token in
      -Float((step(state, TokenID(token)) >> 40) + 1) * 0x1p-20
    }
  }

  private func step(_ state: UInt64, _ token: TokenID) -> UInt64 {
    var x = (state &+ UInt64(token) &+ 1) &* 0x9E37_79B9_7F4A_7C15
    x = (x ^ (x >> 30)) &* 0xBF58_476D_1CE4_E5B9
    x = (x ^ (x >> 27)) &* 0x94D0_49BB_1331_11EB
    return x ^ (x >> 31)
  }
}

/// Drives a search over `HashModel` as an engine would.
struct Driver {
  var model: HashModel
  var prompt: [TokenID]
  var settings: GenerationSettings
  /// Generated tokens that end a sequence as a stop string would.
  var stops: @Sendable ([TokenID]) -> Bool = { _ in false }

  func finish() throws -> BeamSearch {
    var search = BeamSearch(settings: settings)
    while case .continue(let lanes) = try step(&search) {
      precondition(lanes.count == search.laneCount)
    }
    return search
  }

  func step(_ search: inout BeamSearch) throws -> Advance {
    let lanes = (0..<search.laneCount).map { search.tokens(ofLane: $0) }
    let candidates = lanes.flatMap { best(after: $0, search.candidatesPerLane) }
    return try search.advance(candidates.span) { lane, token in stops(lanes[lane] + [token]) }
  }

  /// The best candidates after the processors, by descending score, then ascending token.
  private func best(after generated: [TokenID], _ count: Int) -> [Candidate] {
    var scores = model.scores(after: prompt + generated)
    let processors = LogitsProcessors(settings: settings, prompt: prompt)
    for edit in processors.edits(generated: generated) {
      scores[Int(edit.token)] = edit.applied(to: scores[Int(edit.token)])
    }
    let ranked = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
    return ranked.prefix(count).map {
      Candidate(token: TokenID($0), logProbability: scores[$0])
    }
  }
}
