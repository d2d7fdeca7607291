/// The alphabet of byte-level BPE, in which every byte is a printable character: the 188 printable
/// bytes of Latin-1 stand for themselves, the other 68 for U+0100 and on, in order. So a space is
/// `Ġ`.
///
/// Source: `bytes_to_unicode` in GPT-2's `encoder.py`.
enum ByteLevelAlphabet {
  /// The character of each byte.
  private static let scalars: [Unicode.Scalar] = {
    var scalars: [Unicode.Scalar] = []
    var next: UInt32 = 0x100
    for byte in UInt8.min...UInt8.max {
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF: scalars.append(Unicode.Scalar(byte))
      default:
        scalars.append(Unicode.Scalar(next) ?? "\u{FFFD}")
        next += 1
      }
    }
    return scalars
  }()

  /// The one or two UTF-8 bytes of each byte's character; the second is 0 if there is one only.
  private static let encoded: [(UInt8, UInt8)] = scalars.map {
    let utf8 = Array(String($0).utf8)
    return (utf8[0], utf8.count > 1 ? utf8[1] : 0)
  }

  /// The byte of each character below U+0144; −1 for characters outside the alphabet.
  private static let bytes: [Int16] = {
    var bytes = [Int16](repeating: -1, count: 0x144)
    for (byte, scalar) in scalars.enumerated() { bytes[Int(scalar.value)] = Int16(byte) }
    return bytes
  }()

  /// The bytes that a piece stands for; nil if it has a character outside the alphabet.
  static func decode(_ piece: [UInt8]) -> [UInt8]? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(piece.count)
    var position = 0
    while position < piece.count {
      let value = Int(piece.span.scalar(at: position).value)
      guard value < bytes.count, bytes[value] >= 0 else { return nil }
      decoded.append(UInt8(bytes[value]))
      position = piece.span.after(position)
    }
    return decoded
  }

  /// The piece that stands for the bytes.
  static func encode(_ bytes: [UInt8]) -> [UInt8] {
    bytes.flatMap { Array(String(scalars[Int($0)]).utf8) }
  }

  /// Replaces the bytes of all words by their characters.
  static func rewrite(_ text: inout PreTokenizedText) {
    let table = encoded
    let source = text.bytes
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count + source.count / 4)
    for index in text.words.indices {
      let word = text.words[index]
      let start = bytes.count
      for position in word {
        let (first, second) = table[Int(source[position])]
        bytes.append(first)
        if second != 0 { bytes.append(second) }
      }
      text.words[index] = start..<bytes.count
    }
    text.bytes = bytes
  }
}

/// Splits by GPT-2's pattern, if asked to, and replaces bytes by their characters in the byte-level
/// alphabet.
struct ByteLevelPreTokenizer: PreTokenizer {
  /// Whether a space is prepended to words that do not start with one.
  let addsPrefixSpace: Bool
  /// The split by GPT-2's pattern; nil if an earlier pre-tokenizer splits the text.
  private let split: SplitPreTokenizer?

  init(addsPrefixSpace: Bool, usesPattern: Bool) {
    self.addsPrefixSpace = addsPrefixSpace
    split = usesPattern ? SplitPreTokenizer(GPT2Pattern(), .isolated) : nil
  }

  func apply(to text: inout PreTokenizedText) {
    if addsPrefixSpace { text.prepend([0x20]) { _ in true } }
    split?.apply(to: &text)
    ByteLevelAlphabet.rewrite(&text)
  }
}

/// Decodes the byte-level alphabet; a piece with characters outside it stands for itself. Bytes
/// that are not UTF-8 become U+FFFD.
struct ByteLevelDecoder: TokenDecoder {
  func decode(_ pieces: [[UInt8]]) -> [[UInt8]] {
    let bytes = pieces.flatMap { ByteLevelAlphabet.decode($0) ?? $0 }
    return [Array(String(decoding: bytes, as: UTF8.self).utf8)]
  }

  func bytes(of piece: [UInt8]) -> [UInt8] { ByteLevelAlphabet.decode(piece) ?? piece }
}
