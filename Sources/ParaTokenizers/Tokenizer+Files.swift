public import Foundation

extension Tokenizer {
  /// Reads the tokenizer of a Hugging Face model folder.
  ///
  /// The vocabulary comes from the first of these that is there: `tokenizer.json`,
  /// `tokenizer.model` (SentencePiece, or Llama 3's tiktoken ranks), `vocab.json` with
  /// `merges.txt`. `tokenizer_config.json` and `special_tokens_map.json`, if they are there, name
  /// the tokens that begin and end a text.
  ///
  /// - Throws: `TokenizerError`.
  public init(folder: URL) throws {
    self.init(try TokenizerError.wrapping { try TokenizerFolder(folder).parts() })
  }

  /// Reads a `tokenizer.json` of Hugging Face's `tokenizers`, and nothing beside it:
  /// `beginOfSequence` and `endOfSequence` are nil, because that file does not name them.
  ///
  /// - Throws: `TokenizerError`.
  public init(tokenizerJSON file: URL) throws {
    self.init(try TokenizerError.wrapping { try TokenizerJSON.parts(try FileBytes.json(file)) })
  }

  /// Reads a SentencePiece model (`tokenizer.model`) of type BPE or unigram.
  ///
  /// `encode` gives what SentencePiece gives, with the begin-of-sequence token in front when
  /// special tokens are asked for and the model has one. Control pieces are not looked for in the
  /// text.
  ///
  /// - Throws: `TokenizerError`.
  public init(sentencePiece file: URL) throws {
    let model = try SentencePieceModel(bytes: try FileBytes.read(file), file: file.path)
    self.init(try model.tokenizerParts())
  }

  /// Reads a tiktoken rank file as Llama 3 uses it (its `tokenizer.model`).
  ///
  /// - Throws: `TokenizerError`.
  public init(llama3Ranks file: URL) throws {
    self.init(try TiktokenRanks(try FileBytes.read(file), file: file.path).llama3Parts())
  }

  /// Reads a byte-level BPE tokenizer from its `vocab.json` and `merges.txt`.
  ///
  /// - Throws: `TokenizerError`.
  public init(vocabulary: URL, merges: URL, family: ByteLevelFamily) throws {
    let files = VocabularyAndMerges(vocabulary: vocabulary, merges: merges, family: family)
    self.init(try TokenizerError.wrapping { try files.parts(addedTokens: []) })
  }
}
