import ParaDecoding
import Testing

@testable import ParaEngine

@Suite struct SequenceSearchTests {
  /// A lane of no numbers delivers nothing, and its neighbour's candidates are not taken for its own.
  @Test func laneWithoutNumbersIsRefused() throws {
    let request = GenerationRequest(
      tokens: [1], adapter: nil, settings: try SearchSettings(numBeams: 2, maxNewTokens: 4))
    var search = try SequenceSearch.searches(for: request)[0]
    let found = (0..<4).map { Candidate(token: $0, logProbability: -1) }
    _ = try search.advance([found])
    let error = #expect(throws: SearchError.self) { try search.advance([[], found]) }
    #expect(error?.code == .invalidScore)
  }
}
