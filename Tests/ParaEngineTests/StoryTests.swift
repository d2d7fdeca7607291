import Foundation
import ParaCheckpoints
import ParaDecoding
import ParaEngine
import ParaModel
import ParaTestSupport
import ParaTokenizers
import Testing

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
    let settings = try SearchSettings(
      numBeams: 1, maxNewTokens: 256, endOfSequence: decoder.endOfSequence)
    let prompt = tokenizer.encode("")
    #expect(prompt == [1])
    let answer = try engine.generate([
      GenerationRequest(tokens: prompt, adapter: nil, settings: settings)
    ])
    #expect(tokenizer.decode(answer[0][0].tokens) == (try documentedStory()))
  }
}
