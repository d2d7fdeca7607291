/// How rows lie in the cache's lines.
package enum CacheLine {
  package static let bytes = 64

  /// Whole lines for a row of so many bytes, an odd number of them: rows an even number of lines
  /// apart share few of the cache's places.
  package static func oddStride(_ rowBytes: Int) -> Int {
    ((rowBytes + bytes - 1) / bytes | 1) * bytes
  }
}
