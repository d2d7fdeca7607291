import Foundation
import ParaCheckpoints
import ParaEngine
import ParaModel
import ParaTestSupport
import ParaTokenizers
import Testing

@testable import ParaDecoding

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

/// Real trained weights: stories260K must tell its documented story word for word.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data/llama2c-stories260K"))
struct StoryTests {
  /// The greedy output in stories260K.md, between the command and the end of its code block.
  private func documentedStory() throws -> String {
    let page = try String(
      contentsOf: SharedData.url("llama2c-stories260K/stories260K.md"), encoding: .utf8)
    let start = try #require(page.range(of: "-t 0.0\n"))
    let end = try #require(page.range(of: "\n```", range: start.upperBound..<page.endIndex))
    return String(page[start.upperBound..<end.lowerBound])
  }

  @Test func tellsTheDocumentedStory() throws {
    let folder = try TemporaryFolder()
    try Llama2CCheckpoint(SharedData.url("llama2c-stories260K/stories260K.bin")).write(
      to: folder.url)
    let pieces = try SentencePieceModel(llama2c: SharedData.url("llama2c-stories260K/tok512.bin"))
    _ = try folder.write(Data(pieces.serialized()), to: "tokenizer.model")

    let decoder = try Decoder(ModelFolder(folder.url))
    let tokenizer = try Tokenizer(folder: folder.url)
    let engine = Engine(decoder, options: EngineOptions(threads: 1, for: decoder))
    let settings = GenerationSettings(
      numBeams: 1, maxNewTokens: 256, endOfSequence: decoder.endOfSequence)
    let prompt = tokenizer.encode("")
    #expect(prompt == [1])
    let answer = try engine.generate([
      GenerationRequest(tokens: prompt, adapter: nil, settings: settings)
    ])
    #expect(tokenizer.decode(answer[0][0].tokens) == (try documentedStory()))
  }
}
