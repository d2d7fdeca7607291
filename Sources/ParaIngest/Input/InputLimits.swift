/// How much a hostile or broken input may ask for.
public struct InputLimits: Sendable, Hashable {
  /// The longest line of JSON Lines, and the most text in one XML record, in bytes.
  public var recordBytes: Int
  /// The longest JSON document, in bytes; it is held in memory, and several times as much for
  /// its values.
  public var documentBytes: Int
  /// The most bytes that one compressed file or archive member may unpack to.
  public var memberBytes: Int
  /// The most unpacked bytes for each packed byte, beyond the first 64 MiB.
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
