import Foundation
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaTokenizers

/// The whole text of errors.
struct ErrorTests {
  private func message(_ json: String) -> String {
    do {
      _ = try TokenizerJSON.components(try JSONNode(parsing: Array(json.utf8), file: "t.json"))
      return "no error"
    } catch { return "\(error)" }
  }

  private func model(_ more: String) -> String {
    message(#"{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":[]\#(more)}"#)
  }

  @Test func jsonSyntax() {
    #expect(message(#"{"a":1,}"#) == #"t.json, byte 7: expected a key in quotes, found "}""#)
    #expect(message(#"{"a":tru"#) == "t.json, byte 8: expected a value, found the end of the text")
    #expect(
      message(#"{"a":"x"#)
        == "t.json, byte 7: expected the string's closing quote, found the end of the text")
    #expect(
      message(#"["\ud800x"]"#)
        == "t.json, byte 2: the escape is half of a surrogate pair, which is no character")
    #expect(message("{} x") == #"t.json, byte 3: unexpected text after the value, found "x""#)
    #expect(
      message(String(repeating: "[", count: 200))
        == "t.json, byte 128: more than 128 levels of nesting")
  }

  @Test func unknownThings() {
    #expect(message(#"{"modle":{}}"#) == #"t.json: the key "modle" is not known here"#)
    #expect(message("{}") == #"t.json: the key "model" is missing"#)
    #expect(
      message(#"{"model":{"type":"WordPiece"}}"#)
        == #"t.json, model: the model type "WordPiece" is not one of BPE, Unigram"#)
    #expect(
      model(#","tail":1}"#) == #"t.json, model: the key "tail" is not known here"#)
    #expect(
      model(#"},"normalizer":{"type":"Sequence","normalizers":[{"type":"Nmt"}]}"#)
        == #"t.json, normalizer.normalizers[0]: the normalizer "Nmt" is not supported"#)
    #expect(
      model(#"},"pre_tokenizer":{"type":"Split","pattern":{"Regex":"x+"},"behavior":"Isolated"}"#)
        == "t.json, pre_tokenizer.pattern.Regex: the regular expression x+ is not one of those"
        + " known here")
    #expect(
      model(#"},"decoder":{"type":"CTC"}"#)
        == #"t.json, decoder: the decoder "CTC" is not supported"#)
    #expect(
      model(#"},"post_processor":{"type":"BertProcessing"}"#)
        == #"t.json, post_processor: the post-processor "BertProcessing" is not supported"#)
    #expect(
      model(#","dropout":0.1}"#)
        == "t.json, model.dropout: dropout makes tokens random; expected none")
  }

  @Test func wrongValues() {
    #expect(
      message(#"{"model":{"type":"BPE","vocab":{"a":-1},"merges":[]}}"#)
        == "t.json, model.vocab.a: the token id -1 is not between 0 and 4194304")
    #expect(
      message(#"{"model":{"type":"BPE","vocab":{"a":0},"merges":["a b"]}}"#)
        == "t.json, model.merges[0]: a part or the whole of the merge is not in the vocabulary")
    #expect(
      message(#"{"model":{"type":"BPE","vocab":[],"merges":[]}}"#)
        == "t.json, model.vocab: expected an object, found an array")
    #expect(
      message(
        #"{"model":{"type":"Unigram","vocab":[["<0x41>",0]],"byte_fallback":true}}"#)
        == "t.json, model.byte_fallback: only 1 of the 256 byte pieces are in the vocabulary")
    #expect(
      model(#","unk_token":"c"}"#)
        == #"t.json, model.unk_token: the token "c" is not in the vocabulary"#)
  }

  @Test func files() throws {
    let folder = try TemporaryFolder()
    let path = folder.url.path
    #expect(
      error { try Tokenizer(folder: folder.url) }?.description
        == "\(path): no tokenizer.json, no tokenizer.model, and no vocab.json with merges.txt in"
        + " the folder"
    )
    _ = try folder.write(Data([0x0A, 0x05, 0x0A]), to: "tokenizer.model")
    #expect(
      error { try Tokenizer(folder: folder.url) }?.description
        == "\(path)/tokenizer.model, byte 2: a field claims 5 bytes, but 1 are left")
    #expect(
      error { try Tokenizer(tokenizerJSON: folder.url.appending(path: "none")) }?.code
        == .unreadable)
    _ = try folder.write("YQ== 0\nYQ=! 1\n", to: "ranks")
    #expect(
      error { try Tokenizer(llama3Ranks: folder.url.appending(path: "ranks")) }?.description
        == "\(path)/ranks, line 2: expected a token in base64, a space and its rank")
  }

  private func error(_ body: () throws -> Tokenizer) -> TokenizerError? {
    do {
      _ = try body()
      return nil
    } catch { return error as? TokenizerError }
  }
}
