import Foundation
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaTokenizers

@Suite struct StopStringsTests {
  private let tokenizer: Tokenizer

  init() throws { tokenizer = try Tokenizer(folder: Fixtures.model) }

  /// How many tokens are generated until a stop string is complete; nil if it never is.
  private func count(_ tokens: [TokenID], until texts: String...) throws -> Int? {
    let stop = try #require(StopStrings(texts, tokenizer))
    return (0...tokens.count).first { stop.isCompleted(by: Array(tokens.prefix($0))) }
  }

  private func encode(_ text: String) -> [TokenID] {
    tokenizer.encode(text, addingSpecialTokens: false)
  }

  /// `StopStringCriteria` of transformers on random answers (Goldens/stop_strings.py).
  @Test func answersEndWhereTransformersEndsThem() throws {
    let file = Golden.folder.appending(path: "stop-strings.json")
    let cases = try JSONNode(parsing: Array(Data(contentsOf: file)), file: file.lastPathComponent)
      .required("cases").elements()
    var ended = 0
    for item in cases {
      let folder = try TemporaryFolder()
      let base = try item.required("base").string()
      let source =
        base == "model" ? Fixtures.model.appending(path: "tokenizer.json") : Golden.fixture(base)
      _ = try folder.write(Data(contentsOf: source), to: "tokenizer.json")
      _ = try folder.write(
        try item.required("config").value.description, to: "tokenizer_config.json")
      let tokenizer = try Tokenizer(folder: folder.url)
      for row in try item.required("rows").elements() {
        let tokens = try row.required("tokens").elements().map { try $0.tokenID() }
        let text = try row.required("stop").string()
        let stop = try #require(StopStrings([text], tokenizer))
        let end = (1...tokens.count).first { stop.isCompleted(by: Array(tokens.prefix($0))) }
        #expect(
          try end ?? -1 == row.required("end").int(), "\(base) \(row.path) \(text.debugDescription)"
        )
        ended += end == nil ? 0 : 1
      }
    }
    #expect(cases.count == 3 && ended > 60)
  }

  @Test func noTextsAreNoStopStrings() {
    #expect(StopStrings([], tokenizer) == nil)
    #expect(StopStrings([""], tokenizer) == nil)
  }

  /// transformers ends at these tokens too: `generate(stop_strings=["\n"])` of a model that says them.
  @Test func aLineBreakInAPairOfTwo() throws {
    let tokens: [TokenID] = [383, 204, 201, 361]  // " A", "\r", "\n", " B"
    #expect(tokenizer.decode(tokens.prefix(3)) == " A\r\n")
    #expect(try count(tokens, until: "\n") == 3)
  }

  @Test func specialTokensAreSpelledOut() throws {
    let tokens = encode(" one<pad> two")
    #expect(try count(tokens, until: "<pad>") == encode(" one").count + 1)
    #expect(try count(tokens, until: "e<pad> t") == encode(" one").count + 2)
    #expect(try count(encode(" one</s>"), until: "</s>") == encode(" one").count + 1)
  }

  @Test func charactersThatLookTheSameAreNot() throws {
    #expect(try count(encode(" e\u{301} B"), until: "\u{E9}") == nil)
    #expect(try count(encode(" \u{E9} B"), until: "\u{E9}") != nil)
  }

  @Test func theLatestTokenMustCompleteIt() throws {
    let stop = try #require(StopStrings(["Q"], tokenizer))
    #expect(stop.isCompleted(by: encode("\nQ")))
    #expect(!stop.isCompleted(by: encode("Q: what is it")))
    #expect(!stop.isCompleted(by: []))
  }

  @Test func charactersOfManyTokens() throws {
    let tokens = encode("a🙂b")
    #expect(try count(tokens, until: "🙂") == tokens.count - 1)
  }

  @Test func spacesAtTheStartCount() throws {
    let model = try Tokenizer(sentencePiece: Golden.fixture("sp-bpe-bytes.model"))
    let tokens = Array(model.encode("the sea").dropFirst())
    #expect(model.decode(tokens) == "the sea")
    #expect(try #require(StopStrings([" the"], model)).isCompleted(by: [tokens[0]]))
  }

  @Test(arguments: [
    (" Paris\nQ", "\nQ", " Paris"), (" Paris", "\nQ", " Paris"), ("Paris###x", "###", "Paris"),
    ("\nQ", "\nQ", ""), (" one<pad> two", "<pad>", " one"), ("<s> one<pad> two", "two", " one "),
    (" one<pad> two", "d> t", " one"), ("ab\n\nQ", "b", "a"), ("é🙂\nx", "\n", "é🙂"),
    ("a🙂", "🙂", "a"),
  ])
  func theAnswerEndsBeforeTheStopText(text: String, stop: String, answer: String) throws {
    let stop = try #require(StopStrings(["never", stop], tokenizer))
    #expect(stop.textBeforeStop(in: encode(text)) == answer)
  }

  @Test func theFirstOfSeveralCuts() throws {
    let stop = try #require(StopStrings(["c", "b"], tokenizer))
    #expect(stop.textBeforeStop(in: encode("a b c")) == "a ")
  }

  @Test func aCutFirstTokenLosesItsSpaceAsDecodingDoes() throws {
    let model = try Tokenizer(sentencePiece: Golden.fixture("sp-bpe-bytes.model"))
    let tokens = Array(model.encode("the sea").dropFirst())
    #expect(model.piece(of: tokens[0]) == "▁the")
    let stop = try #require(StopStrings(["e"], model))
    #expect(stop.textBeforeStop(in: tokens) == "th")
  }
}
