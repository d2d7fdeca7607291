import Foundation
import ParaTestSupport
import Testing

@testable import ParaTokenizers

struct TokenizerFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ name: String, _ text: String) throws {
    _ = try folder.write(text, to: name)
  }

  private func place(_ fixture: String, as name: String) throws {
    _ = try folder.write(try Data(contentsOf: Golden.fixture(fixture)), to: name)
  }

  private func tokenizer() throws -> Tokenizer { try Tokenizer(folder: folder.url) }

  @Test func tokenizerJSONWithNamedTokens() throws {
    try place("added-tokens.json", as: "tokenizer.json")
    try write(
      "tokenizer_config.json", #"{"bos_token":{"content":"<s>"},"eos_token":"<|im_start|>"}"#)
    let tokenizer = try tokenizer()
    #expect(tokenizer.beginOfSequence == tokenizer.tokenID(of: "<s>"))
    #expect(tokenizer.endOfSequence == tokenizer.tokenID(of: "<|im_start|>"))
    // The template of the file is <s> $A <|im_start|>.
    #expect(tokenizer.encode("").count == 2)
  }

  @Test func specialTokensMapIsReadWithoutAConfiguration() throws {
    try place("added-tokens.json", as: "tokenizer.json")
    try write("special_tokens_map.json", #"{"eos_token":"<s>"}"#)
    #expect(try tokenizer().endOfSequence == tokenizer().tokenID(of: "<s>"))
  }

  @Test func llamaClassRebuildsTheTemplate() throws {
    try place("added-tokens.json", as: "tokenizer.json")
    try write(
      "tokenizer_config.json",
      #"{"bos_token":"<s>","eos_token":"[INST]","tokenizer_class":"LlamaTokenizer","#
        + #""add_bos_token":false,"add_eos_token":true}"#)
    let tokenizer = try tokenizer()
    #expect(tokenizer.encode("") == [try #require(tokenizer.tokenID(of: "[INST]"))])
  }

  @Test func unknownNamedTokenIsRefused() throws {
    try place("added-tokens.json", as: "tokenizer.json")
    try write("tokenizer_config.json", #"{"eos_token":"<nowhere>"}"#)
    let error = #expect(throws: TokenizerError.self) { try tokenizer() }
    #expect(
      error?.description == "\(folder.url.path)/tokenizer_config.json, eos_token: the token"
        + " \"<nowhere>\" is not in the vocabulary")
  }

  @Test func sentencePieceWithAddedTokens() throws {
    try place("sp-bpe-bytes.model", as: "tokenizer.model")
    let plain = try tokenizer()
    #expect(plain.encode("").first == plain.beginOfSequence)
    try write(
      "tokenizer_config.json",
      #"{"add_bos_token":false,"added_tokens_decoder":{"430":{"content":"<x>","special":true}}}"#)
    let added = try tokenizer()
    #expect(added.vocabularySize == 431)
    #expect(added.encode("<x>") == [430])
    #expect(added.decode([430]) == "")
    #expect(added.decode([430], skippingSpecialTokens: false) == "<x>")
  }

  @Test func vocabularyAndMergesNeedAFamily() throws {
    try write("vocab.json", #"{"a":0,"b":1,"ab":2,"Ġ":3,"<|endoftext|>":4}"#)
    try write("merges.txt", "#version: 0.2\na b\n")
    let error = #expect(throws: TokenizerError.self) { try tokenizer() }
    #expect(error?.code == .unsupported)
    try write("config.json", #"{"model_type":"qwen2"}"#)
    #expect(try tokenizer().encode("ab b<|endoftext|>") == [2, 3, 1, 4])
  }

  @Test func errorsInMergesNameTheLine() throws {
    try write("vocab.json", #"{"a":0,"b":1,"ab":2}"#)
    try write("merges.txt", "#version: 0.2\na b\na c\n")
    try write("tokenizer_config.json", #"{"tokenizer_class":"GPT2TokenizerFast"}"#)
    let error = #expect(throws: TokenizerError.self) { try tokenizer() }
    #expect(
      error?.description == "\(folder.url.path)/merges.txt, line 3: a part or the whole of the"
        + " merge is not in vocab.json")
  }

  @Test(
    "Llama 3's tokenizer.model is distinguished from SentencePiece by its content",
    .enabled(if: SharedData.isPresent, SharedData.missing))
  func ranksInAFolder() throws {
    let tokenizer = try Tokenizer(folder: SharedData.url("tokenizer-llama3"))
    #expect(tokenizer.vocabularySize == 128_256)
    #expect(tokenizer.beginOfSequence == 128_000)
    #expect(tokenizer.endOfSequence == 128_001)
  }
}
