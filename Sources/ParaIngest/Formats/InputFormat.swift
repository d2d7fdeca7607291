internal import ParaArchives

/// A format of files and archive members with records: how it is recognized and how it is read.
///
/// To add a format, write a file with its `InputFormat` and its `RecordSource`, and list it in
/// `allCases`.
public struct InputFormat: RawRepresentable, CaseIterable, Sendable {
  /// All formats, in the order in which they are recognized.
  public static let allCases: [InputFormat] = [.jsonLines, .json, .xml]

  /// The name in job files.
  public let rawValue: String
  /// The name in messages.
  let title: String
  let recognize: @Sendable (ContentSample) -> Recognition
  let open: @Sendable (SourceContext) -> any RecordSource

  /// Whether content is of a format.
  enum Recognition {
    case match
    case noMatch
    /// - Parameter actual: What the content is instead, such as `HTML` where XML was recognized for.
    case lookalike(actual: String)
  }

  init(
    name: String, title: String, recognize: @escaping @Sendable (ContentSample) -> Recognition,
    open: @escaping @Sendable (SourceContext) -> any RecordSource
  ) {
    rawValue = name
    self.title = title
    self.recognize = recognize
    self.open = open
  }

  /// The format with that name in job files; nil if there is none.
  public init?(rawValue name: String) {
    guard let format = Self.allCases.first(where: { $0.rawValue == name }) else { return nil }
    self = format
  }

  /// Such as `JSON Lines, JSON and XML`.
  static var allTitles: String {
    let titles = allCases.map(\.title)
    return titles.dropLast().joined(separator: ", ") + " and " + (titles.last ?? "")
  }
}

extension InputFormat: Hashable {
  public static func == (left: InputFormat, right: InputFormat) -> Bool {
    left.rawValue == right.rawValue
  }

  public func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension InputFormat: Codable {}

/// The records of one file or archive member.
protocol RecordSource: AnyObject {
  /// The current position, for errors of the stream.
  var provenance: Provenance { get }

  /// The next row: a record or why it cannot be read; nil after the last one.
  ///
  /// - Throws: An error after which nothing more of this member can be read.
  func next() throws(ArchiveError) -> Result<Record, IngestError>?
}

/// What a `RecordSource` reads.
struct SourceContext {
  /// The decompressed bytes of the file or member.
  let stream: ByteStream
  /// The file and member.
  let provenance: Provenance
  /// The path to the records; see ``InputFile/records``.
  let records: String?
  let limits: InputLimits
}
