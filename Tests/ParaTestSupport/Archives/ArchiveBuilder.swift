package import Foundation

/// Containers written byte by byte, so that tests can write wrong ones too.
package enum ArchiveBuilder {
  /// A POSIX ustar, with its two closing blocks of zeros unless left out.
  package static func tar(_ entries: [TarEntry], endMark: Bool = true) -> Data {
    var data = Data()
    for entry in entries {
      data += entry.header
      data += entry.content
      data += Data(count: (512 - entry.content.count % 512) % 512)
    }
    return endMark ? data + Data(count: 1024) : data
  }

  package static func tar(_ files: KeyValuePairs<String, Data>) -> Data {
    tar(files.map { TarEntry($0.key, $0.value) })
  }

  /// RFC 1952, with the content in uncompressed blocks.
  package static func gzip(_ content: Data) -> Data {
    var data = Data([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3])
    var rest = content[...]
    repeat {
      let block = rest.prefix(0xFFFF)
      rest = rest.dropFirst(block.count)
      let size = UInt16(block.count)
      data += [rest.isEmpty ? 1 : 0] + size.bytes + (~size).bytes + block
    } while !rest.isEmpty
    return data + checksum(content).bytes + UInt32(truncatingIfNeeded: content.count).bytes
  }

  /// RFC 8878, with the content in raw blocks.
  package static func zstd(_ content: Data) -> Data {
    var data = zstdHeader
    var rest = content[...]
    repeat {
      let block = rest.prefix(1 << 16)
      rest = rest.dropFirst(block.count)
      data += zstdBlock(kind: 0, size: block.count, isLast: rest.isEmpty) + block
    } while !rest.isEmpty
    return data
  }

  /// So many times 128 KiB of one byte, in four bytes each: a decompression bomb.
  package static func zstdRun(of byte: UInt8, blocks: Int) -> Data {
    let size = 1 << 17
    return (1...blocks).reduce(zstdHeader) { data, block in
      data + zstdBlock(kind: 1, size: size, isLast: block == blocks) + [byte]
    }
  }

  /// Stored members, an encrypted flag for those named so, and the central directory.
  ///
  /// - Parameter namesAreUTF8: Whether the members are flagged so.
  package static func zip(
    _ files: KeyValuePairs<String, Data>, encrypted: Set<String> = [], namesAreUTF8: Bool = true
  ) -> Data {
    var data = Data()
    var directory = Data()
    for (name, content) in files {
      let offset = UInt32(data.count)
      let flags: UInt16 = (encrypted.contains(name) ? 1 : 0) | (namesAreUTF8 ? 0x0800 : 0)
      let common =
        UInt16(20).bytes + flags.bytes + UInt16(0).bytes + UInt32(0).bytes
        + checksum(content).bytes + UInt32(content.count).bytes + UInt32(content.count).bytes
        + UInt16(name.utf8.count).bytes + UInt16(0).bytes
      data += UInt32(0x0403_4B50).bytes + common + Data(name.utf8) + content
      directory += UInt32(0x0201_4B50).bytes + UInt16(20).bytes + common + Data(count: 10)
      directory += offset.bytes + Data(name.utf8)
    }
    let count = UInt16(files.count).bytes
    return data + directory + UInt32(0x0605_4B50).bytes + Data(count: 4) + count + count
      + UInt32(directory.count).bytes + UInt32(data.count).bytes + Data(count: 2)
  }

  /// The checksum of RFC 1952 §8, a bit at a time.
  package static func checksum(_ data: Data) -> UInt32 {
    ~data.reduce(0xFFFF_FFFF as UInt32) { crc, byte in
      (0..<8).reduce(crc ^ UInt32(byte)) { crc, _ in (crc >> 1) ^ (crc & 1) * 0xEDB8_8320 }
    }
  }

  /// §3.1.1.1: the content's size untold, a window of 1 MiB.
  private static let zstdHeader = Data([0x28, 0xB5, 0x2F, 0xFD, 0x00, 0x50])

  private static func zstdBlock(kind: UInt32, size: Int, isLast: Bool) -> Data {
    (UInt32(size) << 3 | kind << 1 | (isLast ? 1 : 0)).bytes.prefix(3)
  }
}

extension FixedWidthInteger {
  /// Little-endian.
  fileprivate var bytes: Data { withUnsafeBytes(of: littleEndian) { Data($0) } }
}
