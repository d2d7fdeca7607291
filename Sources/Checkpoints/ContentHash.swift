import Crypto
package import Foundation

/// SHA-256 of contents, in hexadecimal: what models, adapters and inputs are known by, never their
/// names.
package enum ContentHash {
  package static func of(file url: URL) throws -> String {
    let file = try MappedFile(url)
    return withExtendedLifetime(file) {
      var hash = SHA256()
      hash.update(bufferPointer: file.bytes)
      return hexadecimal(hash.finalize())
    }
  }

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
