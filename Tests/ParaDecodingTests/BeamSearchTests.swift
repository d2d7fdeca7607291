import Testing

@testable import ParaDecoding

@Suite struct BeamSearchTests {
  private func candidates(_ scores: Float...) -> [Candidate] {
    scores.enumerated().map { Candidate(token: TokenID($0), logProbability: $1) }
  }

  @Test func lanesComeBestFirstWithTheirParents() throws {
    var search = BeamSearch(settings: GenerationSettings(numBeams: 2, endOfSequence: [9]))
    #expect(search.candidatesPerLane == 4)
    #expect(search.laneCount == 1)
    let first = try search.advance(candidates(-3, -1, -2, -4).span)
    #expect(
      first
        == .continue(lanes: [
          Continuation(parent: 0, token: 1), Continuation(parent: 0, token: 2),
        ]))
    let scores = candidates(-5, -5, -5, -5) + candidates(-1, -5, -5, -0.5)
    let second = try search.advance(scores.span)
    #expect(
      second
        == .continue(lanes: [
          Continuation(parent: 1, token: 3), Continuation(parent: 1, token: 0),
        ]))
    #expect(search.tokens(ofLane: 0) == [2, 3])
    #expect(search.tokens(ofLane: 1) == [2, 0])
    #expect(search.hypotheses.isEmpty)
  }

  @Test func equalScoresPreferTheLowerLaneThenTheLowerToken() throws {
    var search = BeamSearch(settings: GenerationSettings(numBeams: 3))
    _ = try search.advance(candidates(-1, -1, -1, -1).span)
    #expect((0..<3).map { search.tokens(ofLane: $0) } == [[0], [1], [2]])
    let same = candidates(-1, -1)
    _ = try search.advance((same + same + same).span)
    #expect((0..<3).map { search.tokens(ofLane: $0) } == [[0, 0], [0, 1], [1, 0]])
  }

  @Test func sequenceBelowTheBestBeamsDoesNotEnd() throws {
    // Token 2 ends, but at rank 2 of 2 beams: it is dropped, not kept as a hypothesis.
    var search = BeamSearch(settings: GenerationSettings(numBeams: 2, endOfSequence: [2]))
    _ = try search.advance(candidates(-1, -2, -3, -9).span)
    #expect(search.hypotheses.isEmpty)
    #expect(search.laneCount == 2)
  }

  @Test func candidatesPerLaneGrowsWithTheEndOfSequenceIds() {
    let counts = [0, 1, 2, 3].map { (ends: TokenID) in
      let settings = GenerationSettings(numBeams: 4, endOfSequence: Array(0..<ends))
      return BeamSearch(settings: settings).candidatesPerLane
    }
    // transformers: beams_to_keep = max(2, 1 + n_eos_tokens) * num_beams
    #expect(counts == [8, 8, 12, 16])
  }

  @Test func fewerContinuationsThanBeamsRunFewerLanes() throws {
    var search = BeamSearch(settings: GenerationSettings(numBeams: 8, numReturnSequences: 8))
    _ = try search.advance(candidates(-1, -.infinity, -2).span)
    #expect(search.laneCount == 2)
    #expect(search.tokens(ofLane: 1) == [2])
  }

  @Test func searchEndsWhereEverythingEnded() throws {
    let settings = GenerationSettings(numBeams: 4, numReturnSequences: 4, endOfSequence: [0, 1])
    var search = BeamSearch(settings: settings)
    #expect(try search.advance(candidates(-1, -2).span) == .finished)
    #expect(search.hypotheses.map(\.tokens) == [[0], [1]])
    #expect(search.hypotheses.map(\.stopReason) == [.endOfSequence, .endOfSequence])
  }

  @Test func stopReasonsNameWhatEndedTheSequence() throws {
    let settings = GenerationSettings(
      numBeams: 3, maxNewTokens: 1, numReturnSequences: 3, endOfSequence: [0])
    var search = BeamSearch(settings: settings)
    _ = try search.advance(candidates(-1, -2, -3).span) { _, token in token < 2 }
    #expect(search.hypotheses.map(\.stopReason) == [.endOfSequence, .stopString, .length])
  }

  @Test func equalEndedSequencesKeepTheOlderFirst() throws {
    let settings = GenerationSettings(
      numBeams: 2, lengthPenalty: 0, numReturnSequences: 2, endOfSequence: [0])
    var search = BeamSearch(settings: settings)
    _ = try search.advance(candidates(-3, -2, -4, -9).span)
    _ = try search.advance((candidates(-1, -9) + candidates(-9, -9)).span)
    #expect(search.hypotheses.map(\.score) == [-3, -3])
    #expect(search.hypotheses.map(\.tokens) == [[0], [1, 0]])
  }

  @Test func runningLaneThatOnlyEqualsTheWorstHypothesisStopsTheSearch() throws {
    let settings = GenerationSettings(numBeams: 2, lengthPenalty: 0, endOfSequence: [0])
    var search = BeamSearch(settings: settings)
    _ = try search.advance(candidates(-1, -2, -3, -9).span)
    // One sequence ends at −3 and one runs on with −3.
    #expect(try search.advance((candidates(-1, -1) + candidates(-9, -9)).span) == .finished)
  }

  @Test func badCandidatesAreRefusedAndChangeNothing() throws {
    var search = BeamSearch(settings: GenerationSettings(numBeams: 2, endOfSequence: [0]))
    #expect(
      refusal(of: [], by: &search)
        == "0 candidates do not divide into 1 running lanes; deliver the same number for each.")
    #expect(
      refusal(of: candidates(-1, .nan), by: &search)
        == "The log-probability of token 1 in lane 0 is nan after 0 generated tokens; "
        + "the model's scores must be finite or -inf.")
    #expect(
      refusal(of: candidates(-.infinity, -.infinity), by: &search)
        == "After 0 generated tokens every next token is impossible; "
        + "loosen no_repeat_ngram_size or min_new_tokens.")
    _ = try search.advance(candidates(-9, -1, -2, -3).span)
    #expect(
      refusal(of: candidates(-1, -2, -3), by: &search)
        == "3 candidates do not divide into 2 running lanes; deliver the same number for each.")
    #expect(search.laneCount == 2)
    #expect(search.tokens(ofLane: 0) == [1])
  }

  @Test func finishedSearchRefusesMore() throws {
    var search = BeamSearch(settings: GenerationSettings(maxNewTokens: 1))
    #expect(try search.advance(candidates(-1).span) == .finished)
    #expect(
      refusal(of: candidates(-1), by: &search)
        == "The search has finished; start another to go on.")
  }

  private func refusal(of candidates: [Candidate], by search: inout BeamSearch) -> String? {
    do {
      _ = try search.advance(candidates.span)
      return nil
    } catch {
      return error.message
    }
  }
}
