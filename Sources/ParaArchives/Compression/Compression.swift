/// A compressed stream's format, told from its first bytes.
enum Compression: String, Sendable {
  case gzip, bzip2, xz, zstd

  /// The most bytes that `init(firstBytes:)` looks at.
  static let signatureLength = 6

  /// `nil` when the bytes begin none of the formats.
  init?(firstBytes bytes: [UInt8]) {
    for (compression, signature) in Self.signatures where bytes.starts(with: signature) {
      self = compression
      return
    }
    return nil
  }

  /// RFC 1952 §2.3.1; bzip2's `BZh`; the xz format §2.1.1.1; RFC 8878 §3.1.1.
  private static let signatures: [(Compression, [UInt8])] = [
    (.gzip, [0x1F, 0x8B]),
    (.bzip2, [0x42, 0x5A, 0x68]),
    (.xz, [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]),
    (.zstd, [0x28, 0xB5, 0x2F, 0xFD]),
  ]
}
