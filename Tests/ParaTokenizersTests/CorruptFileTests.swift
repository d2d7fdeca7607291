import Foundation
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaTokenizers

/// Truncated and corrupt files are a `TokenizerError` and never crash a reader.
struct CorruptFileTests {
  /// Reads bytes in one of the formats.
  private typealias Reader = ([UInt8]) throws -> Tokenizer

  private static func readJSON(_ bytes: [UInt8]) throws -> Tokenizer {
    try TokenizerError.wrapping {
      let node = try JSONNode(parsing: bytes, file: "tokenizer.json", duplicateKeys: .kept)
      return Tokenizer(try TokenizerJSON.components(node))
    }
  }

  private static func readModel(_ bytes: [UInt8]) throws -> Tokenizer {
    Tokenizer(try SentencePieceModel(bytes: bytes, file: "tokenizer.model").tokenizerComponents())
  }

  private static func readLlama2C(_ bytes: [UInt8]) throws -> Tokenizer {
    Tokenizer(try SentencePieceModel(llama2c: bytes, file: "tokenizer.bin").tokenizerComponents())
  }

  private static func readRanks(_ bytes: [UInt8]) throws -> Tokenizer {
    Tokenizer(try TiktokenRanks(bytes, file: "tokenizer.model").llama3Components())
  }

  /// Whether the bytes can be read; then also encodes and decodes. Any error but a `TokenizerError`
  /// fails the test.
  private static func survives(_ bytes: [UInt8], _ read: Reader) throws -> Bool {
    do {
      let tokenizer = try read(bytes)
      let ids = tokenizer.encode("The lamp, 12 é日\u{1F600}")
      _ = tokenizer.decode(ids + [-1, .max, 0, 5])
      return true
    } catch is TokenizerError {
      return false
    }
  }

  /// A tokenizer.json that is small enough to be truncated at every byte.
  private static let smallJSON = """
    {"version":"1.0","truncation":null,"padding":null,
     "added_tokens":[{"id":3,"content":"<s>","special":true}],
     "normalizer":{"type":"Sequence","normalizers":[{"type":"NFC"},
         {"type":"Prepend","prepend":"x"}]},
     "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false},
     "post_processor":{"type":"TemplateProcessing","single":[
         {"SpecialToken":{"id":"<s>","type_id":0}},
       {"Sequence":{"id":"A","type_id":0}}],"pair":[],
         "special_tokens":{"<s>":{"id":"<s>","ids":[3]}}},
     "decoder":{"type":"ByteLevel"},
     "model":{"type":"BPE","dropout":null,
         "vocab":{"a":0,"\\u00e9":1,"a\\u00e9":2},"merges":["a \\u00e9"]}}
    """

  @Test func truncatedJSONIsRefused() throws {
    let bytes = Array(Self.smallJSON.utf8)
    #expect(try Self.survives(bytes, Self.readJSON))
    for length in bytes.indices {
      #expect(try !Self.survives(Array(bytes[..<length]), Self.readJSON), "cut at \(length)")
    }
  }

  @Test func truncatedModelsAreReadOrRefused() throws {
    var model = SentencePieceModel(pieces: [
      SentencePiece("<unk>", score: 0, kind: .unknown), SentencePiece("▁", score: -1),
      SentencePiece("é", score: -2), SentencePiece("▁é", score: -1.5),
    ])
    model.precompiledCharsMap = try rules()
    for algorithm in [SentencePieceModel.Algorithm.bytePair, .unigram] {
      model.algorithm = algorithm
      let bytes = model.serialized()
      #expect(try Self.survives(bytes, Self.readModel))
      // A message truncated between two fields is a shorter message, so not every truncation is an
      // error.
      let refused = try bytes.indices.count {
        try !Self.survives(Array(bytes[..<$0]), Self.readModel)
      }
      #expect(refused > bytes.count / 2)
    }
  }

  /// Compiled normalization rules whose trie is the first ten units of a real one, so that most
  /// links are out of range.
  private func rules() throws -> [UInt8] {
    let bytes = Array(try Data(contentsOf: Golden.fixture("sp-unigram-rules.model")))
    let map = try SentencePieceModel(bytes: bytes, file: "m").precompiledCharsMap
    return [40, 0, 0, 0] + map[4..<44] + Array("fi".utf8) + [0]
  }

  @Test func truncatedLlama2CIsReadOnlyBetweenPieces() throws {
    let bytes = llama2CFile(pieces: [" a", "bc"])
    #expect(try Self.survives(bytes, Self.readLlama2C))
    // The file has no count of pieces: any piece after the first 259 may be the last.
    for length in bytes.indices {
      let ends = [bytes.count - 20, bytes.count - 10]
      #expect(
        try Self.survives(Array(bytes[..<length]), Self.readLlama2C) == ends.contains(length),
        "cut at \(length)")
    }
  }

  @Test func truncatedRanksAreReadOrRefused() throws {
    let bytes = Array("YQ== 0\nYg== 1\nYWI= 2\n".utf8)
    #expect(try Self.survives(bytes, Self.readRanks))
    for length in bytes.indices { _ = try Self.survives(Array(bytes[..<length]), Self.readRanks) }
  }

  @Test func alteredBytesAreReadOrRefused() throws {
    var random = SeededGenerator(seed: 17)
    let files: [(URL, Reader)] = [
      (Golden.fixture("sp-bpe-user-defined.model"), Self.readModel),
      (Golden.fixture("sp-unigram-rules.model"), Self.readModel),
      (Golden.fixture("added-tokens.json"), Self.readJSON),
      (Golden.fixture("unigram-nfkc.json"), Self.readJSON),
    ]
    for (file, read) in files {
      let bytes = Array(try Data(contentsOf: file))
      for _ in 0..<100 {
        var changed = bytes
        for _ in 0..<4 {
          changed[Int(random.next() % UInt64(bytes.count))] = UInt8(
            truncatingIfNeeded: random.next())
        }
        _ = try Self.survives(changed, read)
      }
    }
  }

  /// A `tokenizer.bin` of llama2.c with the 259 fixed pieces and some more of 2 bytes each.
  private func llama2CFile(pieces: [String]) -> [UInt8] {
    let fixed = ["<unk>", "\n<s>\n", "\n</s>\n"] + (0...255).map { BytePiece.piece(of: UInt8($0)) }
    var bytes: [UInt8] = [6, 0, 0, 0]
    for piece in fixed + pieces {
      bytes += [0, 0, 128, 191] + [UInt8(piece.utf8.count), 0, 0, 0] + Array(piece.utf8)
    }
    return bytes
  }
}
