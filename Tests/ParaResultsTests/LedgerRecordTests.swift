import CParaZlib
import Testing

@testable import ParaResults

@Suite("LedgerRecord")
struct LedgerRecordTests {
  @Test("the checksum is the CRC-32 of IEEE 802.3")
  func checksum() {
    let crc = para_crc32(para_crc32(0, "1234", 4), "56789", 5)
    // The check value that catalogues of CRCs give for "123456789".
    #expect(crc == 0xCBF4_3926)
  }

  @Test("has the layout that it documents")
  func layout() {
    let record = LedgerRecord(row: 0x0102, kind: .error, bytes: Array("abc".utf8))
    #expect(
      record.header.prefix(20) == [2, 1, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0])
    #expect(record.header.count == LedgerRecord.headerSize)
    #expect(record.size == 27)
    #expect(LedgerRecord(header: record.header) == record)
    #expect(record.matches(Array("abc".utf8)))
    #expect(!record.matches(Array("abd".utf8)))
  }

  @Test("a header with numbers that cannot be is none", arguments: [7, 15, 16])
  func impossible(offset: Int) {
    var header = LedgerRecord(row: 1, kind: .prediction, bytes: []).header
    header[offset] = 0xFF
    #expect(LedgerRecord(header: header) == nil)
  }
}
