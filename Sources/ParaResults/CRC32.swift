/// The cyclic redundancy check of IEEE 802.3 (reflected, polynomial 0xEDB88320), as in zip and PNG.
///
/// It finds torn and rotten records; it is no protection against intent.
struct CRC32 {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in
      crc & 1 == 1 ? (crc >> 1) ^ 0xEDB8_8320 : crc >> 1
    }
  }

  private var state: UInt32 = .max

  var value: UInt32 { ~state }

  mutating func update(_ bytes: some Sequence<UInt8>) {
    Self.table.withUnsafeBufferPointer { table in
      for byte in bytes {
        state = table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ (state >> 8)
      }
    }
  }
}
