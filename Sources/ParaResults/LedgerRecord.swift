internal import CParaZlib

/// The head of a record; the record's bytes follow it.
///
///     bytes  0..<8   row number   (0 for the start record)
///     bytes  8..<16  length of the bytes that follow the head
///     bytes 16..<20  kind: 0 start of the ledger, 1 prediction, 2 error
///     bytes 20..<24  CRC-32 of bytes 0..<20 and of the bytes that follow
///
/// All numbers are little-endian. A record is whole exactly if its checksum is right, so a ledger
/// can be taken up after a crash by reading records until one is not.
struct LedgerRecord: Equatable {
  enum Kind: UInt32 {
    case start = 0
    case prediction = 1
    case error = 2
  }

  static let headSize = 24

  var row: Int
  var kind: Kind
  var length: Int
  private var checksum: UInt32

  var size: Int { Self.headSize + length }

  init(row: Int, kind: Kind, bytes: [UInt8]) {
    self.row = row
    self.kind = kind
    length = bytes.count
    checksum = 0
    checksum = checksum(with: bytes)
  }

  /// Reads a head; nil if it cannot be one.
  init?(head: [UInt8]) {
    guard head.count == Self.headSize,
      let row = Int(exactly: UInt64(littleEndianBytes: head[0..<8])),
      let length = Int(exactly: UInt64(littleEndianBytes: head[8..<16])),
      let kind = Kind(rawValue: UInt32(littleEndianBytes: head[16..<20]))
    else { return nil }
    self.row = row
    self.length = length
    self.kind = kind
    checksum = UInt32(littleEndianBytes: head[20..<24])
  }

  var head: [UInt8] { fields + checksum.littleEndianBytes }

  /// Whether these are the bytes that the record was made of.
  func matches(_ bytes: [UInt8]) -> Bool { checksum == checksum(with: bytes) }

  private var fields: [UInt8] {
    UInt64(row).littleEndianBytes + UInt64(length).littleEndianBytes
      + kind.rawValue.littleEndianBytes
  }

  private func checksum(with bytes: [UInt8]) -> UInt32 {
    para_crc32(para_crc32(0, fields, fields.count), bytes, bytes.count)
  }
}

extension FixedWidthInteger {
  fileprivate init(littleEndianBytes bytes: ArraySlice<UInt8>) {
    self = bytes.reversed().reduce(0) { $0 << 8 | Self($1) }
  }

  fileprivate var littleEndianBytes: [UInt8] {
    stride(from: 0, to: bitWidth, by: 8).map { UInt8(truncatingIfNeeded: self >> $0) }
  }
}
