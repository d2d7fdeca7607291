internal import Foundation

/// A tiktoken rank file: on each line the bytes of a token in base64, and its id, which is also its
/// rank.
struct TiktokenRanks {
  private(set) var vocabulary = Vocabulary()
  private let file: String

  /// Whether the bytes look like a rank file rather than a SentencePiece model, which starts with a
  /// field tag.
  static func isLikely(_ bytes: [UInt8]) -> Bool {
    guard let line = bytes.prefix(1024).split(separator: UInt8(ascii: "\n")).first else {
      return false
    }
    return token(line) != nil
  }

  /// - Throws: `TokenizerError` with the line that is malformed or repeats an id.
  init(_ bytes: [UInt8], file: String) throws {
    self.file = file
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() where !line.isEmpty {
      guard let (token, id) = Self.token(line), id <= Vocabulary.maximumID else {
        throw error(index, "expected a token in base64, a space and its rank")
      }
      guard vocabulary.bytes(of: id) == nil else {
        throw error(index, "the rank \(id) is given twice")
      }
      vocabulary.insert(ByteLevelAlphabet.encode(token), id: id)
    }
  }

  private func error(_ index: Int, _ message: String) -> TokenizerError {
    TokenizerError(.malformed, message, file: file, location: "line \(index + 1)")
  }

  private static func token(_ line: ArraySlice<UInt8>) -> (bytes: [UInt8], id: TokenID)? {
    let fields = line.split(separator: 0x20, omittingEmptySubsequences: false)
    guard fields.count == 2, let data = Data(base64Encoded: Data(fields[0])), !data.isEmpty,
      let id = TokenID(String(decoding: fields[1], as: UTF8.self)), id >= 0
    else { return nil }
    return (Array(data), id)
  }

  /// tiktoken merges two adjacent tokens whenever their concatenation is a token, lowest rank
  /// first.
  func model() -> BytePairModel {
    var merges = MergeTable(minimumCapacity: 4 * vocabulary.count)
    for id in 0..<TokenID(vocabulary.count) {
      merges.insertAllSplits(of: id, rank: UInt32(id), in: vocabulary) { _ in true }
    }
    return BytePairModel(
      vocabulary: vocabulary, merges: merges,
      unknown: UnknownPolicy(byteTokens: nil, token: nil, fusesRuns: false), ignoresMerges: true)
  }
}

extension TiktokenRanks {
  /// The tokenizer of Llama 3: its pattern, and 256 special tokens after the ranks, which no file
  /// holds.
  ///
  /// Names and positions are those of Llama 3.1 to 3.3; Llama 3.0 calls three of them reserved.
  func llama3Components() -> TokenizerComponents {
    var parts = TokenizerComponents(model: model())
    parts.preTokenizers = [
      SplitPreTokenizer(CL100KPattern(maximumDigits: 3), .isolated),
      ByteLevelPreTokenizer(addsPrefixSpace: false, usesPattern: false),
    ]
    parts.decoders = [ByteLevelDecoder()]
    parts.addedTokens = Self.llama3SpecialTokens.enumerated().map {
      AddedToken(id: TokenID(vocabulary.count + $0.offset), content: $0.element, isSpecial: true)
    }
    parts.name(begin: "<|begin_of_text|>", end: "<|end_of_text|>")
    parts.template.prefix = parts.beginOfSequence.map { [$0] } ?? []
    return parts
  }

  /// Source: `tokenizer.py` of `meta-llama/llama-models`.
  private static let llama3SpecialTokens: [String] = {
    let named = [
      "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>",
      "<|reserved_special_token_1|>", "<|finetune_right_pad_id|>", "<|reserved_special_token_2|>",
      "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
    ]
    return named + (3..<248).map { "<|reserved_special_token_\($0)|>" }
  }()
}
