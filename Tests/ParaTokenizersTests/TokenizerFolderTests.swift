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

  @Test(arguments: [
    (
      #"{"tokenizer_class":"GPTNeoXTokenizer"}"#,
      "tokenizer_class: the tokenizer class GPTNeoXTokenizer builds steps of"
        + " its own, which are not known here; TokenizersBackend would take tokenizer.json as it stands"
    ),
    (
      #"{"fix_mistral_regex":true}"#,
      "fix_mistral_regex: replacing the pattern of tokenizer.json is not supported"
    ),
    (
      #"{"init_inputs":[1]}"#,
      "init_inputs: positional arguments of a tokenizer's class are not supported"
    ),
    (
      #"{"fast_tokenizer_files":["tokenizer.4.0.0.json"]}"#,
      "fast_tokenizer_files[0]: another file than tokenizer.json"
        + " is not supported; rename it and remove this key"
    ),
    (
      #"{"added_tokens_decoder":{"x":{"content":"a"}}}"#,
      "added_tokens_decoder.x: the token id \"x\" is no number"
        + " between 0 and 4194304"
    ),
    (#"{"bos_token":5}"#, "bos_token: expected a string, found a number"),
    (
      #"{"split_special_tokens":"yes"}"#,
      "split_special_tokens: expected true or false, found a string"
    ),
  ])
  func refusedConfigurations(configuration: String, message: String) throws {
    try place("added-tokens.json", as: "tokenizer.json")
    try write("tokenizer_config.json", configuration)
    expect(throws: "\(folder.url.path)/tokenizer_config.json, \(message)") { try tokenizer() }
  }

  @Test func legacyFalseNeedsAClass() throws {
    try place("sp-bpe-bytes.model", as: "tokenizer.model")
    try write("tokenizer_config.json", #"{"legacy":false}"#)
    expect(
      throws:
        "\(folder.url.path)/tokenizer_config.json, legacy: false is supported with the tokenizer class"
        + " LlamaTokenizer and with a tokenizer.json only"
    ) { try tokenizer() }
  }

  @Test func sentencePieceWithAddedTokens() throws {
    try place("sp-bpe-bytes.model", as: "tokenizer.model")
    let plain = try tokenizer()
    #expect(plain.encode("").first == plain.beginOfSequence)
    try write(
      "tokenizer_config.json",
      #"{"add_bos_token":false,"added_tokens_decoder":{"430":{"content":"<x>","special":true}}}"#)
    let added = try tokenizer()
    // The next free id, whatever the file says.
    let token = TokenID(plain.vocabularySize)
    #expect(added.vocabularySize == plain.vocabularySize + 1)
    #expect(added.encode("<x>") == [token])
    #expect(added.decode([token]) == "")
    #expect(added.decode([token], skippingSpecialTokens: false) == "<x>")
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
