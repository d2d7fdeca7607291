/// The checksum of RFC 1952 §8, eight bytes at a time.
///
/// libarchive does not compare gzip's own checksum, so altered data would pass unnoticed.
struct CRC32 {
  private var state: UInt32 = 0xFFFF_FFFF

  var value: UInt32 { ~state }

  mutating func update(_ bytes: UnsafeRawBufferPointer) {
    Self.tables.withUnsafeBufferPointer { table in
      var crc = state
      var offset = 0
      while offset + 8 <= bytes.count {
        let word =
          UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
          ^ UInt64(crc)
        crc = 0
        for byte in 0..<8 {
          crc ^= table[(7 - byte) << 8 | Int(truncatingIfNeeded: (word >> (8 * byte)) & 0xFF)]
        }
        offset += 8
      }
      for byte in bytes[offset...] {
        crc = table[Int((crc ^ UInt32(byte)) & 0xFF)] ^ (crc >> 8)
      }
      state = crc
    }
  }

  /// Row k holds the checksum of a byte that k zero bytes follow: `[8, 256]`.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = (crc & 1) * 0xEDB8_8320 ^ (crc >> 1) }
      tables[byte] = crc
    }
    for index in 256..<tables.count {
      let crc = tables[index - 256]
      tables[index] = tables[Int(crc & 0xFF)] ^ (crc >> 8)
    }
    return tables
  }()
}
