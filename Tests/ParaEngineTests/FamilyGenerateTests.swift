import ParaAdapters
import ParaCheckpoints
import ParaEngine
import ParaModel
import ParaTestSupport
import Testing

@testable import ParaDecoding

/// What `generate` of transformers answers greedily and with three beams, on tiny models of the
/// families with every kind of adapter, token for token. Recorded by
/// Tests/ParaModelTests/Goldens/families5.py.
@Suite struct FamilyGenerateTests {
  @Test(arguments: FamilyGoldens.models.filter { $0.set == .families5 }, [1, 3])
  func equalsTransformers(model: FamilyGoldens.Model, beams: Int) throws {
    let folder = try ModelFolder(model.folder)
    let decoder = try Decoder(folder)
    let engine = Engine(
      decoder, options: EngineOptions(workers: 1, threadsPerWorker: 1, maximumLanes: 64))
    let cases = try FamilyGoldens(model.set).cases(of: model)
    let settings = GenerationSettings(
      numBeams: beams, maxNewTokens: FamilyGoldens.newTokens, endOfSequence: decoder.endOfSequence)
    let answers = try engine.generate(
      cases.map { golden in
        let adapter = try golden.adapter.map {
          try Adapter(folder: model.adapter($0), name: $0, for: folder)
        }
        return GenerationRequest(tokens: golden.prompt, adapter: adapter, settings: settings)
      })
    for (golden, found) in zip(cases, answers) {
      let expected = try #require(beams == 1 ? golden.greedy : golden.beam)
      #expect(found[0].tokens == expected, "\(golden.key)")
      if beams > 1 {
        let score = try #require(golden.beamScore)
        #expect(abs(found[0].score - score) < 1e-4, "\(golden.key)")
      }
    }
  }
}
