extension JSONParser {
  /// Reads a string in quotes. Its bytes must be UTF-8, and `\u` surrogates must come in pairs.
  mutating func string() throws -> String {
    position += 1
    let start = position
    while position < bytes.count, bytes[position] >= 0x20,
      bytes[position] != UInt8(ascii: "\""), bytes[position] != UInt8(ascii: "\\")
    {
      position += 1
    }
    var text = Array(bytes[start..<position])
    while current != UInt8(ascii: "\"") {
      guard current >= 0x20 else { throw error("a string is not closed by a quote") }
      if current == UInt8(ascii: "\\") {
        position += 1
        text.append(contentsOf: String(try escape()).utf8)
      } else {
        text.append(current)
        position += 1
      }
    }
    guard let string = String(validating: text, as: UTF8.self) else {
      position = start
      throw error("a string is not UTF-8")
    }
    position += 1
    return string
  }

  private mutating func escape() throws -> Unicode.Scalar {
    let byte = current
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{08}"
    case UInt8(ascii: "f"): return "\u{0C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try unicodeEscape()
    default:
      position -= 1
      throw error("an unknown escape in a string")
    }
  }

  private mutating func unicodeEscape() throws -> Unicode.Scalar {
    let unit = try fourHexDigits()
    if let scalar = Unicode.Scalar(unit) { return scalar }
    if unit < 0xDC00, current == UInt8(ascii: "\\") {
      position += 1
      if current == UInt8(ascii: "u") {
        position += 1
        let low = try fourHexDigits()
        if (0xDC00..<0xE000).contains(low),
          let scalar = Unicode.Scalar(0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00))
        {
          return scalar
        }
      }
    }
    throw error("half of a surrogate pair in a string")
  }

  private mutating func fourHexDigits() throws -> UInt32 {
    let end = position + 4
    guard end <= bytes.count,
      bytes[position..<end].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: bytes[position..<end], as: UTF8.self), radix: 16)
    else { throw error("expected four hexadecimal digits after \\u") }
    position = end
    return value
  }
}
