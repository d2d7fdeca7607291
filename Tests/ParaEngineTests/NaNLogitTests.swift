import ParaTensors
import Testing

@testable import ParaDecoding
@testable import ParaEngine

/// What happens to NaN logits, from the LM head to the request's failure (see `LMHead`).
@Suite struct NaNLogitTests {
  private static let types: [ComputeType] = [.float32, .bfloat16, .int8]

  /// States of NaN, as a corrupt adapter makes them.
  @Test(arguments: types) func aRowOfNaNHasNoBestTokens(compute: ComputeType) {
    let head = UniformHead(vocabulary: 1000, compute)
    #expect(head.topK(state: .nan, .init(count: 2, gathered: [3])).best.isEmpty)
  }

  /// One token's weights are NaN: it never ranks, and it makes all log-probabilities of the row NaN.
  @Test(arguments: types) func oneNaNLogitSpoilsTheLogSumExp(compute: ComputeType) {
    for token in [0, 5, 999] {
      let head = UniformHead(vocabulary: 1000, compute, weights: [token: .nan])
      let result = head.topK(state: 1, .init(count: 2))
      #expect(!result.best.contains { $0.token == token || $0.logit.isNaN })
      #expect(result.logSumExp.isNaN, "\(token)")
    }
  }

  @Test func fullRowsDoTheSame() {
    var logits = [Float](repeating: 1, count: 1000)
    logits[700] = .nan
    #expect(LogitRow.logSumExp(logits, vocabulary: 1000).isNaN)
    #expect(LogitRow.topK(logits, vocabulary: 1000, count: 1000).count == 999)
    // A whole block has no largest logit that would carry its NaN.
    for token in 0..<LMHead.blockSize { logits[token] = .nan }
    logits[700] = 1
    #expect(LogitRow.logSumExp(logits, vocabulary: 1000).isNaN)
  }

  private func search(beams: Int) throws -> SequenceSearch {
    let request = GenerationRequest(
      tokens: [1], adapter: nil, settings: GenerationSettings(numBeams: beams, maxNewTokens: 4))
    return try SequenceSearch.searches(for: request)[0]
  }

  private func code(_ search: SequenceSearch, _ lanes: [[Candidate]]) -> SearchError.Code? {
    var search = search
    return #expect(throws: SearchError.self) { try search.advance(lanes) }?.code
  }

  @Test func aSearchRefusesNaN() throws {
    let spoiled = Candidate(token: 0, logProbability: .nan)
    #expect(code(try search(beams: 1), [[spoiled]]) == .invalidScore)
    #expect(code(try search(beams: 1), [[]]) == .invalidScore)
  }

  /// A lane of NaN has no candidates; its neighbour's must not be taken for its own.
  @Test func aLaneWithFewerCandidatesIsRefused() throws {
    let found = (0..<4).map { Candidate(token: $0, logProbability: -1) }
    var search = try search(beams: 2)
    _ = try search.advance([found])
    #expect(code(search, [[], found]) == .invalidScore)
  }

  @Test func samplingRefusesNaN() throws {
    let sampler = Sampler(settings: GenerationSettings(doSample: true), row: 0)
    let logits: [Float] = [0, .nan]
    let error = #expect(throws: SearchError.self) {
      try sampler.sample(from: logits.span, position: 0)
    }
    #expect(error?.code == .invalidScore)
  }
}
