public import Foundation

/// A file to read records from, and how.
///
/// Compression and archives (gzip, bzip2, xz, zstd, tar, zip) are told from the file's content
/// and need no mention.
public struct InputFile: Sendable, Hashable {
  public var url: URL
  /// `nil`: told from the content, and where that leaves a doubt from the name.
  public var format: InputFormat?
  /// A glob that chooses archive members by name, such as `*.jsonl` or `data/**/dev-*.json`; see
  /// ``RecordReader`` for which members are read. Ignored when the file is no archive.
  public var members: String?
  /// The name of the XML elements that are records, or the dotted path to them in a JSON document,
  /// such as `data.paragraphs.qas`. `nil`: the children of the XML root, the elements of a JSON
  /// array, or a JSON object itself. It makes a JSON file a document, unless `format` or a name that
  /// ends with `.jsonl` or `.ndjson` says otherwise.
  public var records: String?
  /// The most records to read; `nil`: all. Rows that fail do not count.
  public var limit: Int?
  public var limits: InputLimits

  public init(
    _ url: URL, format: InputFormat? = nil, members: String? = nil, records: String? = nil,
    limit: Int? = nil, limits: InputLimits = InputLimits()
  ) {
    self.url = url
    self.format = format
    self.members = members
    self.records = records
    self.limit = limit
    self.limits = limits
  }
}
