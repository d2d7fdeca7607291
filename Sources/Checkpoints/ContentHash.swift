import Crypto
package import Foundation

/// SHA-256 of contents, in hexadecimal: what models, adapters and inputs are known by, never their
/// names.
package enum ContentHash {
  package static func of(file url: URL) throws -> String {
    let file = try MappedFile(url)
    return withExtendedLifetime(file) {
      var hash = SHA256()
      for start in stride(from: 0, to: file.bytes.count, by: pieceBytes) {
        let end = min(start + pieceBytes, file.bytes.count)
        hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: file.bytes[start..<end]))
        file.releasePages()
      }
      return hexadecimal(hash.finalize())
    }
  }

  /// What is mapped in at a time: a model's weights may be larger than the memory there is.
  private static let pieceBytes = 16 << 20

  /// Of several files in the given order; each is hashed for itself first, so their boundaries
  /// count.
  package static func of(files urls: [URL]) throws -> String {
    var hash = SHA256()
    for url in urls { hash.update(data: Data(try of(file: url).utf8)) }
    return hexadecimal(hash.finalize())
  }

  private static func hexadecimal(_ digest: SHA256.Digest) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
