import Foundation
import ParaEngine
import ParaModel
import ParaTestSupport
import Testing

@testable import ParaDecoding

/// Sampling, logits processors, stop strings and teacher-forced continuations, over the embedded model.
@Suite struct SearchModeTests {
  private let model: EmbeddedModel

  init() throws { model = try EmbeddedModel() }

  private func request(
    _ index: Int, row: UInt64 = 0, _ settings: GenerationSettings
  ) throws -> GenerationRequest {
    var request = try model.request(model.cases[index], beams: 1)
    request.settings = settings
    request.row = row
    return request
  }

  private func sampling(sequences: Int = 1, temperature: Double = 1, seed: Int = 7)
    -> GenerationSettings
  {
    GenerationSettings(
      maxNewTokens: 12, numReturnSequences: sequences, endOfSequence: model.decoder.endOfSequence,
      doSample: true, temperature: temperature, topK: 0, seed: seed)
  }

  @Test func aRowSamplesTheSameInAnyBatch() throws {
    let requests = try (0..<24).map { try request($0, row: UInt64($0), sampling(sequences: 3)) }
    let together = try model.engine(threads: 2).generate(requests)
    for (index, request) in requests.enumerated() {
      let alone = try model.engine().generate([request])[0]
      #expect(alone.count == 3)
      #expect(alone.map(\.tokens) == together[index].map(\.tokens))
    }
  }

  @Test func rowsSequencesAndSeedsDiffer() throws {
    let settings = sampling(sequences: 8, temperature: 3)
    let found = try model.engine().generate([
      request(0, row: 1, settings), request(0, row: 2, settings),
      request(0, row: 1, sampling(sequences: 8, temperature: 3, seed: 8)),
    ]).map { $0.map(\.tokens) }
    #expect(Set(found[0]).count == 8)
    #expect(Set(found.flatMap(\.self)).count == 24)
  }

  @Test func nearZeroTemperatureIsGreedy() throws {
    let cold = try model.engine().generate([request(3, row: 5, sampling(temperature: 1e-4))])[0]
    let greedy = try model.engine().generate([
      model.request(model.cases[3], beams: 1, newTokens: 12)
    ])[0]
    #expect(cold[0].tokens == greedy[0].tokens)
    #expect(abs(cold[0].sumLogProbability - greedy[0].sumLogProbability) < 1e-4)
  }

  /// Teacher-forced, the tokens that greedy search found have the log-probability it reports.
  @Test(arguments: [1, 2]) func teacherForcedContinuationsHaveTheirLogProbability(threads: Int)
    throws
  {
    let cases = stride(from: 0, to: model.cases.count, by: 7).map { model.cases[$0] }
    let greedy = try model.engine().generate(cases.map { try model.request($0, beams: 1) })
    let requests = try zip(cases, greedy).map { golden, answer in
      var request = try model.request(golden, beams: 3)
      request.continuations = [answer[0].tokens, Array(answer[0].tokens.prefix(1)), [5, 6, 7]]
      return request
    }
    let scored = try model.engine(threads: threads).generate(requests)
    for (answer, found) in zip(greedy, scored) {
      #expect(found.count == 3)
      #expect(found[0].tokens == answer[0].tokens && found[2].tokens == [5, 6, 7])
      #expect(abs(found[0].sumLogProbability - answer[0].sumLogProbability) < 1e-4)
      #expect(found[1].sumLogProbability >= found[0].sumLogProbability)
    }
  }

  @Test func probabilitiesOfAllFirstTokensSumToOne() throws {
    var all = try model.request(model.cases[0], beams: 1)
    all.continuations = (0..<Int32(model.decoder.vocabularySize)).map { [$0] }
    let sum = try model.engine().generate([all])[0].reduce(0.0) {
      $0 + exp(Double($1.sumLogProbability))
    }
    #expect(abs(sum - 1) < 1e-4)
  }

  @Test(arguments: [1, 3]) func noNgramOccursTwice(beams: Int) throws {
    let settings = GenerationSettings(
      numBeams: beams, maxNewTokens: 40, minNewTokens: 40,
      endOfSequence: model.decoder.endOfSequence,
      noRepeatNgramSize: 2)
    for index in [0, 20, 40] {
      let request = try request(index, settings)
      let found = try model.engine().generate([request])[0][0]
      #expect(found.tokens.count == 40)
      let history = request.tokens + found.tokens
      let pairs = (request.tokens.count..<history.count).map { [history[$0 - 1], history[$0]] }
      let before = Set((1..<request.tokens.count).map { [history[$0 - 1], history[$0]] })
      #expect(Set(pairs).count == pairs.count && before.isDisjoint(with: pairs))
    }
  }

  @Test func aStopStringEndsASequence() throws {
    var request = try model.request(model.cases[0], beams: 1)
    let whole = try model.engine().generate([request])[0][0].tokens
    let stop = whole[2]
    request.completesStopString = { $0.last == stop }
    let found = try model.engine().generate([request])[0][0]
    let end = try #require(whole.firstIndex(of: stop))
    #expect(found.tokens == Array(whole[...end]))
    #expect(found.stopReason == .stopString)
  }
}
