import ParaJSON

/// A number as Python writes it: `1_000`, `0xFF`, `.5`, `1e9`.
struct PythonNumber {
  private let value: JSONValue

  /// Nil for what Python does not read as a number, `007` among it.
  init?(_ text: String) {
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)]
    where text.lowercased().hasPrefix(prefix) {
      guard let digits = Self.digits(text.dropFirst(2), allowsLeading: true),
        let number = Int64(digits, radix: radix)
      else { return nil }
      value = .integer(number)
      return
    }
    let parts = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    if text.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == 0x5F }) {
      guard let digits = Self.digits(text[...], allowsLeading: false) else { return nil }
      let isZero = digits.allSatisfy { $0 == "0" }
      guard isZero || !digits.hasPrefix("0") else { return nil }
      value = Int64(digits).map(JSONValue.integer) ?? .bigInteger(digits)
      return
    }
    guard parts.allSatisfy({ !$0.hasPrefix("_") && !$0.hasSuffix("_") }), !text.contains("__"),
      text.first != "e", text.first != "E", text != ".",
      text.allSatisfy({ $0.isASCII && ($0.isNumber || "._eE+-".contains($0)) }),
      let number = Double(text.filter { $0 != "_" })
    else { return nil }
    value = .double(number)
  }

  func json(negative: Bool) -> JSONValue {
    guard negative else { return value }
    switch value {
    case .integer(let number): return .integer(-number)
    case .bigInteger(let digits): return .bigInteger("-" + digits)
    case .double(let number): return .double(-number)
    default: return value
    }
  }

  /// The digits without the underscores between them.
  private static func digits(_ text: Substring, allowsLeading: Bool) -> String? {
    guard !text.isEmpty, text.last != "_", !text.contains("__"),
      allowsLeading || text.first != "_"
    else { return nil }
    return String(text.filter { $0 != "_" })
  }
}
