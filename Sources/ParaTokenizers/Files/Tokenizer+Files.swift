public import Foundation
internal import ParaJSON

extension Tokenizer {
  /// Reads the tokenizer of a Hugging Face model folder.
  ///
  /// The vocabulary is read from the first of these that exists: `tokenizer.json`,
  /// `tokenizer.model` (SentencePiece, or tiktoken ranks as in Llama 3), `vocab.json` with
  /// `merges.txt`. `tokenizer_config.json`, or the older `special_tokens_map.json` and `added_tokens.json`, say which
  /// tokens are special and what for, add tokens, and name the class, as in transformers 5.24.
  ///
  /// - Throws: `TokenizerError`.
  public init(folder: URL) throws {
    self.init(try TokenizerError.wrapping { try TokenizerFolder(folder).components() })
  }

  /// Reads a `tokenizer.json` of Hugging Face's `tokenizers` alone: `beginOfSequence` and
  /// `endOfSequence` are nil, because that file does not name them.
  ///
  /// - Throws: `TokenizerError`.
  public init(tokenizerJSON file: URL) throws {
    self.init(
      try TokenizerError.wrapping { try TokenizerJSON.components(try FileBytes.json(file)) })
  }

  /// Reads a SentencePiece model (`tokenizer.model`) of type BPE or unigram.
  ///
  /// `encode` returns the ids of SentencePiece, preceded by the begin-of-sequence token if special
  /// tokens are added and the model has one. Control pieces are not matched in the text.
  ///
  /// - Throws: `TokenizerError`.
  public init(sentencePiece file: URL) throws {
    let model = try SentencePieceModel(bytes: try FileBytes.read(file), file: file.path)
    self.init(try model.tokenizerComponents())
  }

  /// Reads a tiktoken rank file as the tokenizer of Llama 3 (its `tokenizer.model`).
  ///
  /// - Throws: `TokenizerError`.
  public init(llama3Ranks file: URL) throws {
    self.init(try TiktokenRanks(try FileBytes.read(file), file: file.path).llama3Components())
  }

  /// Reads a byte-level BPE tokenizer from its `vocab.json` and `merges.txt`.
  ///
  /// - Throws: `TokenizerError`.
  public init(vocabulary: URL, merges: URL, family: ByteLevelFamily) throws {
    let files = VocabularyAndMerges(vocabulary: vocabulary, merges: merges, family: family)
    self.init(try TokenizerError.wrapping { try files.components() })
  }
}

/// Reads whole files.
enum FileBytes {
  /// Larger files are refused; the largest tokenizers in use have some 30 MB.
  static let maximumSize = 1 << 30

  /// - Throws: `TokenizerError` of code `unreadable`, with the system's reason.
  static func read(_ file: URL) throws -> [UInt8] {
    let data: Data
    do { data = try Data(contentsOf: file) } catch {
      throw TokenizerError(
        .unreadable, "cannot be read: \(error.localizedDescription)", file: file.path)
    }
    guard data.count <= maximumSize else {
      throw TokenizerError(
        .malformed, "has \(data.count) bytes; expected at most \(maximumSize)", file: file.path)
    }
    return Array(data)
  }

  static func json(_ file: URL) throws -> JSONNode {
    try JSONNode(parsing: try read(file), file: file.path, duplicateKeys: .kept)
  }

  static func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }
}
