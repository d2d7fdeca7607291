extension JSONScanner {
  /// Parses the string whose opening quote is at the current position.
  package mutating func string() throws(JSONError) -> String {
    let start = position + 1
    position = start
    try skipPlainBytes()
    if bytes[position] == UInt8(ascii: "\"") {
      position += 1
      return try text(UnsafeBufferPointer(rebasing: bytes[start..<(position - 1)]), at: start)
    }
    return try stringWithEscapes(from: start)
  }

  /// Advances to the next quote or backslash; there must be one.
  private mutating func skipPlainBytes() throws(JSONError) {
    skipPlainWords()
    while position < bytes.count {
      let byte = bytes[position]
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return }
      if byte < 0x20 { throw error("control characters in strings must be escaped") }
      position += 1
    }
    throw error("expected the string's closing quote")
  }

  /// Skips words of eight bytes without quotes, backslashes and control characters (SWAR).
  ///
  /// `(x − 0x01…) & ~x & 0x80…` has the high bit of every zero byte set. It may also flag bytes above a
  /// zero byte, but none in a word without one, so no hit is missed.
  private mutating func skipPlainWords() {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let raw = UnsafeRawBufferPointer(bytes)
    while position + 8 <= raw.count {
      let word = raw.loadUnaligned(fromByteOffset: position, as: UInt64.self)
      let quote = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
      let backslash = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
      let hits =
        ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
        | ((word &- (ones &* 0x20)) & ~word)
      if hits & highs != 0 { return }
      position += 8
    }
  }

  private mutating func stringWithEscapes(from start: Int) throws(JSONError) -> String {
    unescaped.removeAll(keepingCapacity: true)
    var runStart = start
    while true {
      unescaped.append(contentsOf: bytes[runStart..<position])
      if bytes[position] == UInt8(ascii: "\"") { break }
      try unescape()
      runStart = position
      try skipPlainBytes()
    }
    position += 1
    // Escapes give valid UTF-8, so an invalid byte is among the plain bytes between them.
    if let text = String(validating: unescaped, as: UTF8.self) { return text }
    throw invalidUTF8(in: bytes[start..<(position - 1)])
  }

  /// Appends what the escape at the current position stands for.
  private mutating func unescape() throws(JSONError) {
    let start = position
    position += 1
    guard position < bytes.count else { throw error("expected an escape") }
    let byte = bytes[position]
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): unescaped.append(byte)
    case UInt8(ascii: "b"): unescaped.append(0x08)
    case UInt8(ascii: "f"): unescaped.append(0x0C)
    case UInt8(ascii: "n"): unescaped.append(0x0A)
    case UInt8(ascii: "r"): unescaped.append(0x0D)
    case UInt8(ascii: "t"): unescaped.append(0x09)
    case UInt8(ascii: "u"):
      position += 1
      unescaped.append(contentsOf: try scalar(from: start).utf8)
      return
    default: throw error("expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
    }
    position += 1
  }

  /// The character of `\u` and four hexadecimal digits, or of two of them that are a surrogate pair.
  private mutating func scalar(from start: Int) throws(JSONError) -> Unicode.Scalar {
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    if first < 0xDC00, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
      bytes[position + 1] == UInt8(ascii: "u")
    {
      position += 2
      let second = try hexadecimal()
      if 0xDC00...0xDFFF ~= second {
        let code = 0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00)
        if let scalar = Unicode.Scalar(code) { return scalar }
      }
    }
    throw JSONError(
      code: .invalidSyntax, reason: "the escape is half of a surrogate pair, which is no character",
      offset: start)
  }

  private mutating func hexadecimal() throws(JSONError) -> UInt16 {
    var value: UInt16 = 0
    for _ in 0..<4 {
      guard position < bytes.count, let digit = bytes[position].hexadecimalDigit else {
        throw error("expected four hexadecimal digits")
      }
      value = value << 4 | digit
      position += 1
    }
    return value
  }

  private func text(_ bytes: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONError) -> String
  {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    throw invalidUTF8(in: self.bytes[start..<(start + bytes.count)])
  }

  private func invalidUTF8(in bytes: Slice<UnsafeBufferPointer<UInt8>>) -> JSONError {
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    var offset = bytes.startIndex
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
      offset += UTF8.width(scalar)
    }
    let found = offset < bytes.endIndex ? String(bytes[offset], radix: 16, uppercase: true) : "?"
    return JSONError(
      code: .invalidUTF8, reason: "the text is not UTF-8, found the byte 0x\(found)",
      offset: offset)
  }
}

extension UInt8 {
  fileprivate var hexadecimalDigit: UInt16? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(self - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(self - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(self - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
