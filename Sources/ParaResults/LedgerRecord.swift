internal import CParaZlib

/// The header of a ledger record; the record's bytes follow it.
///
///     bytes  0..<8   row number   (0 for the start record)
///     bytes  8..<16  length of the bytes that follow the header
///     bytes 16..<20  kind: 0 start of the ledger, 1 prediction, 2 error
///     bytes 20..<24  CRC-32 of bytes 0..<20 and of the bytes that follow
///
/// All numbers are little-endian. A record is complete exactly if its checksum matches, so a ledger
/// can be reopened after a crash by reading records up to the first that does not match.
struct LedgerRecord: Equatable {
  enum Kind: UInt32 {
    case start = 0
    case prediction = 1
    case error = 2
  }

  static let headerSize = 24

  var row: Int
  var kind: Kind
  var length: Int
  private var checksum: UInt32

  var size: Int { Self.headerSize + length }

  init(row: Int, kind: Kind, bytes: [UInt8]) {
    self.row = row
    self.kind = kind
    length = bytes.count
    checksum = 0
    checksum = checksum(with: bytes)
  }

  /// Decodes a header; nil if the bytes cannot be one.
  init?(header: [UInt8]) {
    guard header.count == Self.headerSize,
      let row = Int(exactly: UInt64(littleEndianBytes: header[0..<8])),
      let length = Int(exactly: UInt64(littleEndianBytes: header[8..<16])),
      let kind = Kind(rawValue: UInt32(littleEndianBytes: header[16..<20]))
    else { return nil }
    self.row = row
    self.length = length
    self.kind = kind
    checksum = UInt32(littleEndianBytes: header[20..<24])
  }

  var header: [UInt8] { fields + checksum.littleEndianBytes }

  /// Whether the record's checksum is that of these bytes.
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

/// The offset of each row's record: eight bytes a row, because row numbers have no gaps at the end.
struct LedgerIndex {
  /// Offsets by row number; 0, the offset of the start record, means none.
  private var offsets: [Int] = []
  /// How many rows it holds.
  private(set) var count = 0

  subscript(row: Int) -> Int? {
    guard offsets.indices.contains(row), offsets[row] > 0 else { return nil }
    return offsets[row]
  }

  /// Adds a row; false if the row was added before.
  mutating func insert(_ row: Int, at offset: Int) -> Bool {
    guard self[row] == nil else { return false }
    if row >= offsets.count {
      offsets.append(contentsOf: repeatElement(0, count: row + 1 - offsets.count))
    }
    offsets[row] = offset
    count += 1
    return true
  }

  /// The greatest row number plus one; 0 without rows.
  var end: Int { offsets.count }

  /// The first row below `total` that is missing.
  func firstMissing(below total: Int) -> Int? { (0..<total).first { self[$0] == nil } }
}
