internal import Foundation

/// A tiktoken rank file: a line per token, its bytes in base64 and its id, which is its rank too.
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

  /// - Throws: `TokenizerError` with the line that is not of the form, or gives an id twice.
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

  /// tiktoken joins two neighbours whenever their joint is a token, the one of lowest rank first.
  func model() -> BytePairModel {
    var merges = MergeTable(minimumCapacity: 4 * vocabulary.count)
    for id in 0..<TokenID(vocabulary.count) {
      merges.insertAllCuts(of: id, rank: UInt32(id), in: vocabulary) { _ in true }
    }
    return BytePairModel(
      vocabulary: vocabulary, merges: merges,
      unknown: UnknownPolicy(byteTokens: nil, token: nil, fusesRuns: false), takesWholeWords: true)
  }
}
