/// The beginning of a file or archive member, and what the caller said about it.
struct ContentSample {
  /// The first bytes, at most `FormatDetector.window`.
  let bytes: UnsafeRawBufferPointer
  /// Whether these are all bytes.
  let isWhole: Bool
  let name: String
  /// Whether the content was chosen by name, so that it is read even if its first record is malformed.
  let isChosen: Bool
  /// Whether the caller gave a path or an element name for records.
  let hasRecordPath: Bool

  /// A byte order mark of UTF-16, which XML may have; JSON may not (RFC 8259 §8.1), but some programs
  /// write it.
  var isUTF16: Bool { bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) }

  /// The bytes after a byte order mark of UTF-8 and white space.
  var content: UnsafeRawBufferPointer {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: mark) ? bytes[mark.count...] : bytes[...]
    return UnsafeRawBufferPointer(
      rebasing: text.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D })
  }

  /// Whether the name has one of the extensions, before that of a compressed file.
  func nameHasExtension(_ extensions: [String]) -> Bool {
    var parts = name.lowercased().split(separator: ".")
    if let last = parts.last, ["gz", "bz2", "xz", "zst"].contains(last) { parts.removeLast() }
    return parts.count > 1 && parts.last.map { extensions.contains(String($0)) } ?? false
  }
}

/// Detects the format of content from its first bytes, and from its name where these are ambiguous.
enum FormatDetector {
  /// The number of bytes that recognizers see.
  static let window = 1 << 16

  enum Detection: Hashable {
    case format(InputFormat)
    /// Only white space.
    case empty
    /// - Parameter actual: What the content is instead.
    case unknown(actual: String)
  }

  static func detect(_ sample: ContentSample) -> Detection {
    if sample.content.isEmpty {
      return sample.isWhole ? .empty : .unknown(actual: "white space")
    }
    var actual = sample.isUTF16 ? "UTF-16 text; convert it to UTF-8" : "in another format"
    for format in InputFormat.allCases {
      switch format.recognize(sample) {
      case .match: return .format(format)
      case .noMatch: break
      case .lookalike(let found): actual = found
      }
    }
    return .unknown(actual: actual)
  }
}
