/// The last bytes that went into a decompressor, and what was seen on the way.
final class PackedTail {
  /// Enough for gzip's trailer and the ten bytes of a next header that are looked at.
  private static let kept = 64

  private var bytes: [UInt8] = []
  private var end = 0
  /// Whether the bytes of a gzip header occur after the first one: where a second part begins,
  /// or, once in some hundred megabytes, by chance.
  private(set) var mayHoldSecondGzipPart = false

  func append(_ chunk: UnsafeRawBufferPointer) {
    let keptBytes = bytes.suffix(Self.kept)
    bytes = Array(keptBytes)
    bytes.append(contentsOf: chunk)
    end += chunk.count
    if !mayHoldSecondGzipPart { search(from: max(0, keptBytes.count - 3)) }
  }

  /// The header's constant bytes, RFC 1952 §2.3.1; its flags are below 32. The header at the
  /// stream's very start is the first part's.
  private func search(from start: Int) {
    bytes.withUnsafeBufferPointer { bytes in
      let isStreamStart = bytes.count == end
      var index = isStreamStart ? 1 : start
      while index + 3 < bytes.count {
        if bytes[index] == 0x1F, bytes[index + 1] == 0x8B, bytes[index + 2] == 8,
          bytes[index + 3] < 32
        {
          mayHoldSecondGzipPart = true
          return
        }
        index += 1
      }
    }
  }

  /// The bytes that end at a position of the stream, or `nil` when they are gone.
  func bytes(before position: Int, count: Int) -> ArraySlice<UInt8>? {
    let upper = bytes.count - (end - position)
    guard upper <= bytes.count, upper >= count else { return nil }
    return bytes[(upper - count)..<upper]
  }

  /// Whether everything kept from a position on is zero.
  func isZero(from position: Int) -> Bool {
    bytes.suffix(max(0, end - position)).allSatisfy { $0 == 0 }
  }
}
