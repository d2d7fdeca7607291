import Foundation
import ParaJSON
import Testing

@testable import ParaTokenizers

struct TokenizerTests {
  private func fixture(_ name: String) throws -> Tokenizer {
    try Tokenizer(tokenizerJSON: Golden.fixture(name))
  }

  @Test func canonicallyEquivalentPiecesStayApart() throws {
    let json =
      #"{"model":{"type":"BPE","vocab":{"é":0,"e":1,"\u0301":2,"e\u0301":3},"#
      + #""merges":["e \u0301"]}}"#
    let parts = try TokenizerJSON.components(
      try JSONNode(parsing: Array(json.utf8), file: "t"))
    let tokenizer = Tokenizer(parts)
    #expect(tokenizer.vocabularySize == 4)
    #expect(tokenizer.encode("\u{E9}") == [0])
    #expect(tokenizer.encode("e\u{301}") == [3])
  }

  @Test func decodingSkipsSpecialTokens() throws {
    let tokenizer = try fixture("added-tokens.json")
    let ids = tokenizer.encode("a", addingSpecialTokens: true)
    #expect(tokenizer.encode("a", addingSpecialTokens: false) == Array(ids.dropFirst().dropLast()))
    #expect(tokenizer.decode(ids) == "a")
    #expect(tokenizer.decode(ids, skippingSpecialTokens: false) == "<s>a<|im_start|>")
    #expect(tokenizer.isSpecial(ids[0]) && !tokenizer.isSpecial(ids[1]))
  }

  @Test func idsOutsideTheVocabularyDecodeToNothing() throws {
    let tokenizer = try fixture("split-isolated.json")
    #expect(tokenizer.decode([-1, .max, .min, TokenID(tokenizer.vocabularySize)]) == "")
    #expect(tokenizer.piece(of: -1) == nil)
  }

  @Test func oneTokenizerServesManyThreads() async throws {
    let tokenizer = try fixture("added-tokens.json")
    let texts = try TestTexts.load().own
    let expected = texts.map { tokenizer.encode($0) }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask { texts.map { tokenizer.encode($0) } == expected }
      }
      for await isEqual in group { #expect(isEqual) }
    }
  }

  @Test(
    "long words, with and without white space",
    arguments: ["a", " ", "🙂", "<", "<|im_start|", "日本語", "\n", "e\u{301}", "7"])
  func hostileInput(unit: String) throws {
    let text = String(repeating: unit, count: 20_000)
    let byteLevel = try fixture("split-isolated.json")
    #expect(byteLevel.decode(byteLevel.encode(text)).utf8.elementsEqual(text.utf8))
    let model = try Tokenizer(sentencePiece: Golden.fixture("sp-bpe-bytes.model"))
    #expect(model.decode(model.encode(text)).utf8.elementsEqual(text.utf8))
    let unigram = try Tokenizer(sentencePiece: Golden.fixture("sp-unigram-bytes.model"))
    #expect(unigram.decode(unigram.encode(text)).utf8.elementsEqual(text.utf8))
  }

  @Test func wordCacheIsBounded() throws {
    let tokenizer = try fixture("split-isolated.json")
    let words = (0..<40_000).map { " w\($0)" }
    let once = words.prefix(50).map { tokenizer.encode($0) }
    #expect(tokenizer.encode(words.joined()).count > 40_000)
    #expect(words.prefix(50).map { tokenizer.encode($0) } == once)
  }
}

struct StreamingDecoderTests {
  private func stream(_ ids: [TokenID], _ tokenizer: Tokenizer) -> (pieces: [String], end: String) {
    var decoder = tokenizer.streamingDecoder()
    let pieces = ids.map { decoder.append($0) }
    return (pieces, decoder.finish())
  }

  @Test(
    "the parts joined are the whole, and no part but the last ends inside a character",
    arguments: [
      "added-tokens.json", "unigram-nfkc.json", "bpe-metaspace.json", "sp-bpe-bytes.model",
      "sp-unigram-rules.model",
    ])
  func concatenationEqualsDecode(name: String) throws {
    let tokenizer =
      name.hasSuffix("json")
      ? try Tokenizer(tokenizerJSON: Golden.fixture(name))
      : try Tokenizer(sentencePiece: Golden.fixture(name))
    for text in try TestTexts.load().own {
      let ids = tokenizer.encode(text)
      let (pieces, end) = stream(ids, tokenizer)
      let whole = tokenizer.decode(ids)
      #expect((pieces.joined() + end).utf8.elementsEqual(whole.utf8), "\(text.debugDescription)")
    }
  }

  @Test func characterIsReturnedWithItsLastByte() throws {
    let tokenizer = try Tokenizer(sentencePiece: Golden.fixture("sp-bpe-bytes.model"))
    let bytes = "🙂".utf8.compactMap { tokenizer.tokenID(of: BytePiece.piece(of: $0)) }
    #expect(stream(bytes, tokenizer).pieces == ["", "", "", "🙂"])
    #expect(stream(Array(bytes.dropLast()), tokenizer).pieces == ["", "", ""])
    #expect(stream(Array(bytes.dropLast()), tokenizer).end == "\u{FFFD}")
  }
}
