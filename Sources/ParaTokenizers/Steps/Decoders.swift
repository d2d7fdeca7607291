/// One step from the pieces of tokens back to text. A tokenizer runs its steps in order; the output
/// of the last is concatenated.
protocol TokenDecoder: Sendable {
  /// Input and output are byte strings whose concatenation need not be UTF-8.
  func decode(_ pieces: [[UInt8]]) -> [[UInt8]]

  /// What a piece becomes behind others, before incomplete characters are replaced.
  func bytes(of piece: [UInt8]) -> [UInt8]
}

extension TokenDecoder {
  func bytes(of piece: [UInt8]) -> [UInt8] { Array(decode([piece]).joined()) }
}

/// Decodes runs of byte pieces such as `<0xE2>` as UTF-8; a run that is not valid becomes one
/// U+FFFD per byte.
struct ByteFallbackDecoder: TokenDecoder {
  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] {
    var decoded: [[UInt8]] = []
    var run: [UInt8] = []
    for piece in pieces {
      if let byte = BytePiece.byte(of: piece) {
        run.append(byte)
      } else {
        flush(&run, into: &decoded)
        decoded.append(piece)
      }
    }
    flush(&run, into: &decoded)
    return decoded
  }

  func bytes(of piece: [UInt8]) -> [UInt8] { BytePiece.byte(of: piece).map { [$0] } ?? piece }

  private func flush(_ run: inout [UInt8], into decoded: inout [[UInt8]]) {
    guard !run.isEmpty else { return }
    if String(validating: run, as: UTF8.self) != nil {
      decoded.append(run)
    } else {
      decoded.append(contentsOf: repeatElement([0xEF, 0xBF, 0xBD], count: run.count))
    }
    run.removeAll()
  }
}

/// Concatenates all pieces.
struct FuseDecoder: TokenDecoder {
  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] { [Array(pieces.joined())] }
}

/// Replaces the matches of a pattern in every piece.
struct ReplaceDecoder: TokenDecoder {
  let replacement: ReplaceNormalizer

  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] { pieces.map(replacement.normalize) }
}

/// Joins pieces with spaces, which is what a `tokenizer.json` without a decoder means.
struct SpaceDecoder: TokenDecoder {
  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] { [Array(pieces.joined(separator: [0x20]))] }

  func bytes(of piece: [UInt8]) -> [UInt8] { [0x20] + piece }
}

/// Removes up to `start` copies of a character from the front of every piece, and up to `stop` from
/// its end.
struct StripDecoder: TokenDecoder {
  /// The character, as UTF-8.
  let content: [UInt8]
  let start: Int
  let stop: Int

  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] {
    pieces.map { piece in
      var rest = piece[...]
      for _ in 0..<start {
        guard rest.starts(with: content) else { break }
        rest = rest.dropFirst(content.count)
      }
      for _ in 0..<stop {
        guard rest.suffix(content.count).elementsEqual(content) else { break }
        rest = rest.dropLast(content.count)
      }
      return Array(rest)
    }
  }
}

/// Removes spaces before punctuation and contractions of English, as `clean_up_tokenization_spaces` asks.
///
/// Source: `clean_up_tokenization` of transformers.
enum SpaceCleanUp {
  private static let steps = [
    (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
    (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
  ].map { ReplaceNormalizer(pattern: LiteralPattern(Array($0.utf8)), content: Array($1.utf8)) }

  static func applied(to text: [UInt8]) -> [UInt8] {
    steps.reduce(text) { $1.normalize($0) }
  }
}
