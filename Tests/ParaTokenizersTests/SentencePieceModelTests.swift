import Foundation
import ParaTestSupport
import Testing

@testable import ParaTokenizers

struct SentencePieceModelTests {
  @Test func writtenModelReadsBack() throws {
    var model = SentencePieceModel(pieces: [
      SentencePiece("<unk>", score: 0, kind: .unknown),
      SentencePiece("<s>", score: 0, kind: .control), SentencePiece("▁a", score: -1.5),
      SentencePiece("the", score: 0, kind: .userDefined),
    ])
    model.algorithm = .bytePair
    model.unknownSurface = "?"
    model.addsDummyPrefix = false
    model.removesExtraWhitespace = false
    let read = try SentencePieceModel(bytes: model.serialized(), file: "m")
    #expect(read.pieces == model.pieces)
    #expect(read.algorithm == .bytePair)
    #expect(read.unknownSurface == "?")
    #expect(!read.addsDummyPrefix && !read.removesExtraWhitespace && read.escapesWhitespace)
    #expect(!read.fallsBackToBytes)
  }

  @Test func rewrittenFixtureEncodesAlike() throws {
    let bytes = Array(try Data(contentsOf: Golden.fixture("sp-unigram-user-defined.model")))
    let model = try SentencePieceModel(bytes: bytes, file: "m")
    let rewritten = try SentencePieceModel(bytes: model.serialized(), file: "m")
    let tokenizer = Tokenizer(try rewritten.tokenizerComponents())
    let golden = try Golden.named("sp-unigram-user-defined")
    #expect(golden.differences(of: tokenizer, on: try TestTexts.load().own) == [])
  }

  @Test(
    "llama2.c's tokenizer.bin gives what the model it was made of gives",
    .enabled(if: SharedData.isPresent, SharedData.missing),
    arguments: [
      ("tokenizer-llama2/tokenizer.bin", "llama2-sp"),
      ("tokenizer-tinystories4096/tokenizer4096.bin", "tinystories4096"),
    ])
  func llama2C(file: String, vocabulary: String) throws {
    let converted = try SentencePieceModel(llama2c: SharedData.url(file))
    let read = try SentencePieceModel(bytes: converted.serialized(), file: "m")
    let tokenizer = Tokenizer(try read.tokenizerComponents())
    let reference = try Vocabularies.named(vocabulary)
    #expect(tokenizer.vocabularySize == reference.vocabularySize)
    // One of the models removes extra white space, which the format of llama2.c cannot express.
    for text in try TestTexts.load().withCorpora() {
      let spaces = text.utf8.split(separator: 0x20, omittingEmptySubsequences: false)
      guard !spaces.contains(where: \.isEmpty), !text.unicodeScalars.contains("▁") else { continue }
      #expect(tokenizer.encode(text) == reference.encode(text))
    }
  }

  @Test(
    "the 512 pieces of stories260K",
    .enabled(if: SharedData.isPresent, SharedData.missing))
  func stories260K() throws {
    let model = try SentencePieceModel(
      llama2c: SharedData.url("llama2c-stories260K/tok512.bin"))
    let tokenizer = Tokenizer(try model.tokenizerComponents())
    #expect(tokenizer.vocabularySize == 512)
    #expect(tokenizer.beginOfSequence == 1 && tokenizer.endOfSequence == 2)
    let story = "Once upon a time, there was a little girl named Lily. She loved to play outside."
    #expect(tokenizer.decode(tokenizer.encode(story)) == story)
    // In llama2.c byte pieces start at 3.
    #expect(tokenizer.piece(of: 3 + 10) == "<0x0A>")
    #expect(tokenizer.encode("\n", addingSpecialTokens: false).last == 13)
  }

  /// A vocabulary that was trained without byte fallback, in llama2.c's encoding.
  @Test func llama2CWithoutBytePieces() throws {
    let pieces = ["<unk>", "\n<s>\n", "\n</s>\n", " ", "a", " a", "b"]
    var bytes: [UInt8] = [6, 0, 0, 0]
    for (index, piece) in pieces.enumerated() {
      bytes += withUnsafeBytes(of: Float(-index).bitPattern.littleEndian) { Array($0) }
      bytes += [UInt8(piece.utf8.count), 0, 0, 0] + piece.utf8
    }
    let model = try SentencePieceModel(llama2c: bytes, file: "tokenizer.bin")
    #expect(!model.fallsBackToBytes)
    let tokenizer = Tokenizer(try model.tokenizerComponents())
    #expect(tokenizer.encode("ab a", addingSpecialTokens: false) == [5, 6, 5])
    #expect(tokenizer.encode("é", addingSpecialTokens: false) == [3, 0])
    let misplaced = bytes + [0, 0, 0, 0, 6, 0, 0, 0] + Array("<0x41>".utf8)
    let error = #expect(throws: TokenizerError.self) {
      try SentencePieceModel(llama2c: misplaced, file: "tokenizer.bin")
    }
    #expect(
      error?.message == "the byte piece \"<0x41>\" has the id 7; bytes begin with <0x00> at 3")
  }

  @Test func reachableUnusedPiecesAreRefused() throws {
    var pieces = [
      SentencePiece("<unk>", score: 0, kind: .unknown), SentencePiece("a", score: -1),
      SentencePiece("b", score: -2), SentencePiece("<unused>", score: 0, kind: .unused),
    ]
    var model = SentencePieceModel(pieces: pieces, file: "m")
    model.algorithm = .bytePair
    #expect(Tokenizer(try model.tokenizerComponents()).vocabularySize == 4)
    pieces.append(SentencePiece("ab", score: 0, kind: .unused))
    model.pieces = pieces
    let error = #expect(throws: TokenizerError.self) { try model.tokenizerComponents() }
    #expect(
      error?.description == "m, pieces[4]: the unused piece \"ab\" can be made of other pieces")
  }

  @Test func refusesUnsupportedModels() {
    var trainer = ProtobufWriter()
    trainer.write(1) { $0.write(1, "a") }
    trainer.write(2) { $0.write(3, 4) }
    let error = #expect(throws: TokenizerError.self) {
      try SentencePieceModel(bytes: trainer.bytes, file: "m")
    }
    #expect(error?.description == "m, trainer_spec.model_type: 4 is neither BPE nor unigram")
  }
}
