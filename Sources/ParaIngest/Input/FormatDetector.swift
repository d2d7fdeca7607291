internal import Foundation
internal import ParaJSON

/// Tells a format from the first bytes of a file or member, and in doubt from its name.
struct FormatDetector {
  /// How many bytes are looked at.
  static let window = 1 << 16

  enum Verdict: Hashable {
    case format(InputFormat)
    /// Nothing but white space.
    case empty
    /// - Parameter reason: What the bytes look like instead.
    case unknown(reason: String)
  }

  let name: String
  /// Whether the content is to be read in any case, so that a first line that is wrong is a bad row
  /// and not the sign of another format.
  let isChosen: Bool
  /// Whether a path or an element name for records was given.
  let hasRecordPath: Bool

  /// - Parameter isWhole: Whether there is nothing beyond the bytes.
  func verdict(on bytes: UnsafeRawBufferPointer, isWhole: Bool) -> Verdict {
    if let verdict = utf16Verdict(bytes) { return verdict }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: mark) ? bytes[mark.count...] : bytes[...]
    let content = text.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }
    guard let first = content.first else {
      return isWhole ? .empty : .unknown(reason: "white space")
    }
    switch first {
    case UInt8(ascii: "<"): return markupVerdict(content)
    case UInt8(ascii: "["), UInt8(ascii: "{"):
      let lead = UnsafeRawBufferPointer(rebasing: content)
      return jsonVerdict(lead, isWhole: isWhole)
    default:
      return nameEnds(["jsonl", "ndjson"])
        ? .format(.jsonLines) : .unknown(reason: "neither JSON nor XML")
    }
  }

  /// XML may be UTF-16; JSON may not (RFC 8259 §8.1), but some programs write it.
  private func utf16Verdict(_ bytes: UnsafeRawBufferPointer) -> Verdict? {
    let isLittle = bytes.starts(with: [0xFF, 0xFE])
    guard isLittle || bytes.starts(with: [0xFE, 0xFF]) else { return nil }
    let isMarkup = bytes.dropFirst(2).starts(with: isLittle ? [0x3C, 0] : [0, 0x3C])
    return isMarkup ? .format(.xml) : .unknown(reason: "UTF-16 text; convert it to UTF-8")
  }

  /// After declarations and comments a document goes on with its type or root element. DTDs go on
  /// otherwise, and HTML is rarely well-formed.
  private func markupVerdict(_ content: Slice<UnsafeRawBufferPointer>) -> Verdict {
    var text = String(decoding: content, as: UTF8.self)[...]
    while let end = ["<?": "?>", "<!--": "-->"].first(where: { text.hasPrefix($0.key) })?.value {
      // A prolog beyond the window leaves no doubt that matters.
      guard let range = text.range(of: end) else { return .format(.xml) }
      text = text[range.upperBound...].drop(while: \.isWhitespace)
    }
    let lead = text.prefix(16).lowercased()
    if lead.hasPrefix("<!doctype html") || lead.hasPrefix("<html") {
      return .unknown(reason: "HTML")
    }
    let isRoot = lead.dropFirst().first.map { $0.isLetter || $0 == "_" || $0 == ":" } ?? false
    return lead.hasPrefix("<!doctype") || (lead.hasPrefix("<") && isRoot)
      ? .format(.xml) : .unknown(reason: "markup that is no XML document")
  }

  private func jsonVerdict(_ content: UnsafeRawBufferPointer, isWhole: Bool) -> Verdict {
    if nameEnds(["jsonl", "ndjson"]) { return .format(.jsonLines) }
    if hasRecordPath { return .format(.json) }
    let firstByte = content.first
    guard let lineEnd = content.indexOfLineFeed(from: 0) ?? (isWhole ? content.count : nil) else {
      // One long line.
      let isDocument = firstByte == UInt8(ascii: "[") || nameEnds(["json"])
      return .format(isDocument ? .json : .jsonLines)
    }
    let line = UnsafeRawBufferPointer(rebasing: content[..<lineEnd])
    do {
      _ = try JSONParser.parse(line)
      return .format(firstByte == UInt8(ascii: "[") ? .json : .jsonLines)
    } catch {
      if error.code == .unexpectedEnd || nameEnds(["json"]) { return .format(.json) }
      let isRow = isChosen || error.code != .invalidSyntax
      return isRow ? .format(.jsonLines) : .unknown(reason: "text that is not JSON")
    }
  }

  private func nameEnds(_ suffixes: [String]) -> Bool {
    var parts = name.lowercased().split(separator: ".")
    if let last = parts.last, ["gz", "bz2", "xz", "zst"].contains(last) { parts.removeLast() }
    return parts.count > 1 && parts.last.map { suffixes.contains(String($0)) } ?? false
  }
}
