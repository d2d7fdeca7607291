import Foundation
import ParaCheckpoints
import ParaDecoding
import ParaEngine
import ParaModel
import ParaTestSupport
import Testing

/// Search over the embedded model with each logits processor against transformers' `generate`
/// (Goldens/processors.py).
@Suite struct LogitsProcessorGridTests {
  private struct Golden: Decodable {
    struct Sequence: Decodable {
      var tokens: [TokenID]
      var score: Float?
    }

    struct Case: Decodable {
      var prompt: [TokenID]
      var settings: GenerationOptions
      var sequences: [Sequence]
    }

    var cases: [Case]
  }

  @Test func everySequenceAndScore() throws {
    let decoder = try ParaModel.Decoder(ModelFolder(Fixtures.model))
    let engine = Engine(decoder, options: EngineOptions(workers: 1, threadsPerWorker: 1))
    let file = Fixtures.goldens("ParaEngineTests").appending(path: "processors.json")
    let cases = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file)).cases
    #expect(cases.count == 44)
    let requests = cases.map { golden in
      var settings = GenerationSettings(golden.settings)
      settings.maxNewTokens = 8
      settings.numReturnSequences = settings.numBeams
      if settings.endOfSequence.isEmpty { settings.endOfSequence = decoder.endOfSequence }
      return GenerationRequest(tokens: golden.prompt, adapter: nil, settings: settings)
    }
    for (golden, found) in zip(cases, try engine.generate(requests)) {
      #expect(found.map(\.tokens) == golden.sequences.map(\.tokens), "\(golden.settings)")
      for (sequence, hypothesis) in zip(golden.sequences, found) {
        guard let score = sequence.score else { continue }
        #expect(abs(hypothesis.score - score) < 1e-4 * max(1, abs(score)), "\(golden.settings)")
      }
    }
  }
}
