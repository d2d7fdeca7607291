/// Writes the next bytes into the buffer and returns their number, 0 at the end.
typealias ByteSource = (UnsafeMutableRawBufferPointer) throws(ArchiveError) -> Int

/// A source that returns `prefix`, bytes that were read from `rest` already, and then `rest`.
func byteSource(replaying prefix: [UInt8], then rest: @escaping ByteSource) -> ByteSource {
  var prefix = prefix[...]
  return { (buffer) throws(ArchiveError) -> Int in
    if prefix.isEmpty { return try rest(buffer) }
    let count = min(prefix.count, buffer.count)
    buffer.copyBytes(from: prefix.prefix(count))
    prefix = prefix.dropFirst(count)
    return count
  }
}

/// The first `count` bytes of a source, or fewer if it is shorter.
func firstBytes(_ count: Int, of source: ByteSource) throws(ArchiveError) -> [UInt8] {
  let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
  defer { buffer.deallocate() }
  var filled = 0
  while filled < count {
    let read = try source(UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
    if read == 0 { break }
    filled += read
  }
  return Array(buffer[..<filled])
}
