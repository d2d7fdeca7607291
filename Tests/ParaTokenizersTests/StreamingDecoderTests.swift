import Foundation
import Testing

@testable import ParaTokenizers

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
  func partsJoinToTheWhole(name: String) throws {
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

  @Test func aCharacterComesWithItsLastByte() throws {
    let tokenizer = try Tokenizer(sentencePiece: Golden.fixture("sp-bpe-bytes.model"))
    let bytes = "🙂".utf8.compactMap { tokenizer.tokenID(of: BytePiece.piece(of: $0)) }
    #expect(stream(bytes, tokenizer).pieces == ["", "", "", "🙂"])
    #expect(stream(Array(bytes.dropLast()), tokenizer).pieces == ["", "", ""])
    #expect(stream(Array(bytes.dropLast()), tokenizer).end == "\u{FFFD}")
  }
}
