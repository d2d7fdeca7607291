public import ParaJSON

/// One row of input: named values, and where they come from.
public struct Record: Sendable, Hashable {
  public var provenance: Provenance
  public var fields: JSONObject

  public init(provenance: Provenance, fields: JSONObject) {
    self.provenance = provenance
    self.fields = fields
  }
}

/// Where a record or an error comes from, precisely enough to find it in the file.
public struct Provenance: Sendable, Hashable {
  /// The position inside a file or archive member.
  public enum Location: Sendable, Hashable {
    /// The file or member as a whole.
    case whole
    /// A line of JSON Lines, 1-based.
    case line(Int)
    /// An XML element: its path, with 1-based positions among siblings of its name, such as
    /// `/copa-corpus/item[3]`, and the line, 1-based, on which its start tag ends.
    case element(path: String, line: Int)
    /// A value in a JSON document, with 0-based positions, such as
    /// `data[0].paragraphs[2].qas[1]`.
    case path(String)
  }

  /// The path of the file, as the caller gave it.
  public var file: String
  /// The name of the archive member; nil if the file is not an archive. Never used as a path.
  public var member: String?
  public var location: Location

  public init(file: String, member: String? = nil, location: Location = .whole) {
    self.file = file
    self.member = member
    self.location = location
  }
}

extension Provenance: CustomStringConvertible {
  /// One line such as `squad.tar.gz!part-1.jsonl:17`, `copa.xml:12:/copa-corpus/item[3]` or
  /// `dev.json:data[0].paragraphs[2].qas[1]`.
  ///
  /// Names are untrusted: control characters, characters that change the writing direction, backslashes
  /// and `..` path components are shown as Swift escapes.
  public var description: String {
    let name = ([file.escaped] + (member.map { [$0.escapedMember] } ?? [])).joined(separator: "!")
    switch location {
    case .whole: return name
    case .line(let line): return "\(name):\(line)"
    case .element(let path, let line): return "\(name):\(line):\(path)"
    case .path(let path): return "\(name):\(path.escaped)"
    }
  }
}

extension String {
  /// The text with escapes for what would not show on one line of a terminal.
  package var escaped: String {
    guard unicodeScalars.contains(where: \.needsEscape) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      text += scalar.needsEscape ? scalar.escape : String(scalar)
    }
  }

  /// As `escaped`, with `..` path components escaped too, so that the name is harmless when copied.
  package var escapedMember: String {
    let dot = Unicode.Scalar(UInt8(ascii: ".")).escape
    return split(separator: "/", omittingEmptySubsequences: false)
      .map { $0 == ".." ? dot + dot : String($0).escaped }
      .joined(separator: "/")
  }
}

extension Unicode.Scalar {
  fileprivate var needsEscape: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: self == "\\"
    }
  }

  fileprivate var escape: String { "\\u{\(String(value, radix: 16, uppercase: true))}" }
}

/// Encoded as a flat object: `file`, `member` if there is one, and those of `line`, `element` and `path`
/// that the location has.
extension Provenance: Codable {
  private enum CodingKeys: String, CodingKey {
    case file, member, line, element, path
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    file = try container.decode(String.self, forKey: .file)
    member = try container.decodeIfPresent(String.self, forKey: .member)
    let line = try container.decodeIfPresent(Int.self, forKey: .line)
    if let element = try container.decodeIfPresent(String.self, forKey: .element) {
      location = .element(path: element, line: try container.decode(Int.self, forKey: .line))
    } else if let path = try container.decodeIfPresent(String.self, forKey: .path) {
      location = .path(path)
    } else {
      location = line.map(Location.line) ?? .whole
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(file, forKey: .file)
    try container.encodeIfPresent(member, forKey: .member)
    switch location {
    case .whole: break
    case .line(let line): try container.encode(line, forKey: .line)
    case .path(let path): try container.encode(path, forKey: .path)
    case .element(let path, let line):
      try container.encode(path, forKey: .element)
      try container.encode(line, forKey: .line)
    }
  }
}
