import Foundation
import ParaCheckpoints
import ParaEngine
import ParaModel
import ParaTestSupport
import ParaTokenizers
import Testing

@testable import ParaDecoding

/// Beam search over the embedded model against transformers' `generate`, over a grid of settings (Goldens/search.py).
@Suite struct SearchGridTests {
  private struct Golden: Decodable {
    struct Sequence: Decodable {
      var tokens: [Int32]
      var score: Float?
    }

    struct Settings: Decodable {
      var numBeams: Int
      var lengthPenalty: Double
      var earlyStopping: EarlyStopping
      var minNewTokens: Int?
      var noRepeatNgramSize: Int?
      var repetitionPenalty: Double?
      var eosTokenId: [Int32]?
      var stopStrings: [String]?
    }

    struct Case: Decodable {
      var prompt: [Int32]
      var settings: Settings
      var sequences: [Sequence]
    }

    var maxNewTokens: Int
    var cases: [Case]
  }

  private let engine: Engine
  private let tokenizer: Tokenizer
  private let golden: Golden

  init() throws {
    let decoder = try ParaModel.Decoder(ModelFolder(Fixtures.model))
    engine = Engine(decoder, options: EngineOptions(workers: 1, threadsPerWorker: 1))
    tokenizer = try Tokenizer(folder: Fixtures.model)
    golden = try JSONFile.decode(
      Golden.self, Fixtures.goldens("ParaEngineTests").appending(path: "search.json"))
  }

  private func request(_ golden: Golden.Case, returning count: Int) throws -> GenerationRequest {
    let settings = golden.settings
    var request = GenerationRequest(
      tokens: golden.prompt, adapter: nil,
      settings: GenerationSettings(
        numBeams: settings.numBeams, maxNewTokens: self.golden.maxNewTokens,
        minNewTokens: settings.minNewTokens ?? 0, lengthPenalty: settings.lengthPenalty,
        earlyStopping: settings.earlyStopping, numReturnSequences: count,
        endOfSequence: settings.eosTokenId ?? engine.decoder.endOfSequence,
        repetitionPenalty: settings.repetitionPenalty ?? 1,
        noRepeatNgramSize: settings.noRepeatNgramSize ?? 0))
    if let stops = settings.stopStrings {
      request.completesStopString = { [tokenizer] generated in
        let text = tokenizer.decode(generated.suffix(16))
        return stops.contains { text.contains($0) }
      }
    }
    return request
  }

  @Test func theGridIsComplete() {
    #expect(golden.cases.count == 2 * (1 + 4 * 5 * 3 + 4 * 6))
  }

  @Test func everySequenceAndScore() throws {
    let requests = try golden.cases.map { try request($0, returning: $0.settings.numBeams) }
    for (golden, found) in zip(golden.cases, try engine.generate(requests)) {
      #expect(found.map(\.tokens) == golden.sequences.map(\.tokens), "\(golden.settings)")
      for (sequence, hypothesis) in zip(golden.sequences, found) {
        guard let score = sequence.score else { continue }
        #expect(abs(hypothesis.score - score) < 1e-4 * max(1, abs(score)), "\(golden.settings)")
      }
    }
  }

  @Test func theBestSequenceAlone() throws {
    for (golden, found) in zip(
      golden.cases, try engine.generate(golden.cases.map { try request($0, returning: 1) }))
    {
      #expect(found.map(\.tokens) == golden.sequences.prefix(1).map(\.tokens))
    }
  }
}
