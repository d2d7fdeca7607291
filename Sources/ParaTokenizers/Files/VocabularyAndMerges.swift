internal import Foundation

/// A byte-level BPE tokenizer stored as `vocab.json` (piece to id) and `merges.txt` (a pair on each
/// line, in order of rank).
struct VocabularyAndMerges {
  let vocabulary: URL
  let merges: URL
  let family: ByteLevelFamily

  func components() throws -> TokenizerComponents {
    let pieces = try TokenizerJSON.vocabulary(try FileBytes.json(vocabulary))
    let model = BytePairModel(
      vocabulary: pieces, merges: try mergeTable(pieces),
      unknown: UnknownPolicy(byteTokens: nil, token: nil, fusesRuns: false), ignoresMerges: false)
    var parts = TokenizerComponents(model: model)
    parts.addedTokens = endOfText(pieces)
    parts.decoders = [ByteLevelDecoder()]
    switch family {
    case .gpt2:
      parts.preTokenizers = [ByteLevelPreTokenizer(addsPrefixSpace: false, usesPattern: true)]
    case .qwen2:
      parts.normalizers = [UnicodeNormalizer(form: .nfc)]
      parts.preTokenizers = [
        SplitPreTokenizer(CL100KPattern(maximumDigits: 1), .isolated),
        ByteLevelPreTokenizer(addsPrefixSpace: false, usesPattern: false),
      ]
    }
    return parts
  }

  /// Both families use `<|endoftext|>`, which GPT-2 keeps in `vocab.json`.
  private func endOfText(_ vocabulary: Vocabulary) -> [AddedToken] {
    let content = "<|endoftext|>"
    return vocabulary.id(of: content).map {
      [AddedToken(id: $0, content: content, isSpecial: true)]
    } ?? []
  }

  private func mergeTable(_ vocabulary: Vocabulary) throws -> MergeTable {
    let lines = try FileBytes.read(merges).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let reader = MergeReader(vocabulary: vocabulary)
    var table = MergeTable(minimumCapacity: lines.count)
    for (number, line) in lines.enumerated() {
      let line = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
      if line.isEmpty || number == 0 && line.starts(with: "#version".utf8) { continue }
      let pair = line.split(separator: 0x20, omittingEmptySubsequences: false)
      guard pair.count == 2 else {
        throw error(number, "expected two pieces with a space between them")
      }
      guard reader.insert(Array(pair[0]), Array(pair[1]), rank: number, into: &table) else {
        throw error(number, "a part or the whole of the merge is not in \(vocabularyName)")
      }
    }
    return table
  }

  private var vocabularyName: String { vocabulary.lastPathComponent }

  private func error(_ index: Int, _ message: String) -> TokenizerError {
    TokenizerError(.malformed, message, file: merges.path, location: "line \(index + 1)")
  }
}

/// The model families whose byte-level tokenizers are stored as `vocab.json` and `merges.txt`.
public enum ByteLevelFamily: Sendable, CaseIterable {
  /// GPT-2's pattern.
  case gpt2
  /// The pattern of Qwen2, Qwen2.5 and Qwen3, after Unicode normalization to NFC.
  case qwen2
}
