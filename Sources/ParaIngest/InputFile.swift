public import Foundation

/// A file to read records from, and how to read it.
///
/// Compression and archives (gzip, bzip2, xz, zstd, tar, zip) are detected from the content.
public struct InputFile: Sendable, Hashable {
  public var url: URL
  /// `nil`: detected from the content, and from the name where that is ambiguous.
  public var format: InputFormat?
  /// A glob pattern for the names of archive members to read, such as `*.jsonl` or
  /// `data/**/dev-*.json`; see ``RecordReader``. Ignored if the file is not an archive.
  public var members: String?
  /// The name of the XML elements that are records, or the dotted path to them in a JSON document,
  /// such as `data.paragraphs.qas`. `nil`: the children of the XML root, the elements of a JSON
  /// array, or the JSON object itself. With a path, JSON is read as a document unless `format` or the
  /// extension `.jsonl` or `.ndjson` says otherwise.
  public var records: String?
  /// The maximum number of records to read; `nil`: all. Rows that fail do not count.
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

/// Limits on the resources that a hostile or broken input can use.
public struct InputLimits: Sendable, Hashable {
  /// The maximum length of a line of JSON Lines and of the text of one XML record, in bytes.
  public var recordBytes: Int
  /// The maximum length of a JSON document, in bytes. The document is held in memory, and its values
  /// take several times as much.
  public var documentBytes: Int
  /// The maximum decompressed size of one file or archive member, in bytes.
  public var memberBytes: Int
  /// The maximum ratio of decompressed to compressed bytes, beyond the first 64 MiB.
  public var compressionRatio: Int

  public init(
    recordBytes: Int = 64 << 20, documentBytes: Int = 1 << 30, memberBytes: Int = 1 << 36,
    compressionRatio: Int = 250
  ) {
    self.recordBytes = recordBytes
    self.documentBytes = documentBytes
    self.memberBytes = memberBytes
    self.compressionRatio = compressionRatio
  }
}
