internal import CParaNettle
package import Foundation

/// SHA-256 in hexadecimal: models, adapters and inputs are identified by their content, never by
/// their names.
package enum ContentHash {
  package static func of(file url: URL) throws -> String {
    let file = try MappedFile(url)
    return withExtendedLifetime(file) {
      var hash = SHA256()
      for start in stride(from: 0, to: file.bytes.count, by: blockBytes) {
        let end = min(start + blockBytes, file.bytes.count)
        hash.update(UnsafeRawBufferPointer(rebasing: file.bytes[start..<end]))
        file.releasePages()
      }
      return hash.hexadecimalDigest()
    }
  }

  /// Bytes hashed before their pages are released: weights may be larger than memory.
  private static let blockBytes = 16 << 20

  /// The hash of several files' hashes, in the given order, so that moving bytes from one file to
  /// the next changes it.
  package static func of(files urls: [URL]) throws -> String {
    var hash = SHA256()
    for url in urls {
      let digest = Array(try of(file: url).utf8)
      digest.withUnsafeBytes { hash.update($0) }
    }
    return hash.hexadecimalDigest()
  }
}

private struct SHA256 {
  private var state = sha256_ctx()

  init() { nettle_sha256_init(&state) }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    nettle_sha256_update(
      &state, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
  }

  mutating func hexadecimalDigest() -> String {
    var digest = [UInt8](repeating: 0, count: Int(SHA256_DIGEST_SIZE))
    para_sha256_digest(&state, &digest)
    return digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
