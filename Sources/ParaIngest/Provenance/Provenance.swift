/// Where a record or a failure comes from, precisely enough to find it again.
public struct Provenance: Sendable, Hashable {
  /// The place inside a file or archive member.
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

  /// The file as the caller named it.
  public var file: String
  /// The archive member's name; `nil` when the file is no archive. Never a path to open.
  public var member: String?
  public var location: Location

  public init(file: String, member: String? = nil, location: Location = .whole) {
    self.file = file
    self.member = member
    self.location = location
  }
}
