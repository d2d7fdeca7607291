import Foundation
import ParaDecoding
import ParaEngine
import ParaTestSupport
import ParaTokenizers
import Testing

/// 50 prompts with the base and each kind of adapter, against transformers' `generate`, token for
/// token.
@Suite struct GenerateTests {
  private let model: EmbeddedModel

  init() throws { model = try EmbeddedModel() }

  @Test func theGoldensCoverFiftyPromptsFiveWays() {
    #expect(model.cases.count == 250)
    #expect(Set(model.cases.map(\.prompt)).count == 50)
    #expect(Set(model.cases.map { $0.adapter?.split(separator: "-").last ?? "base" }).count == 5)
  }

  @Test func promptsTokenizeAsInTransformers() throws {
    let tokenizer = try Tokenizer(folder: Fixtures.model)
    for golden in model.cases { #expect(tokenizer.encode(golden.prompt) == golden.promptTokens) }
  }

  @Test func greedyEqualsTransformers() throws {
    let answers = try model.engine().generate(model.cases.map { try model.request($0, beams: 1) })
    for (golden, found) in zip(model.cases, answers) {
      #expect(
        found[0].tokens == golden.greedy.tokens, "\(golden.adapter ?? "base"): \(golden.prompt)")
      let expected = try #require(golden.greedy.sumLogProbability)
      #expect(abs(found[0].sumLogProbability - expected) < 1e-3)
    }
  }

  @Test func beamSearchEqualsTransformers() throws {
    let answers = try model.engine().generate(model.cases.map { try model.request($0, beams: 3) })
    for (golden, found) in zip(model.cases, answers) {
      #expect(
        found[0].tokens == golden.beam.tokens, "\(golden.adapter ?? "base"): \(golden.prompt)")
      let expected = try #require(golden.beam.score)
      #expect(abs(found[0].score - expected) < 1e-4)
    }
  }
}
