import CParaZlib
import Foundation
import ParaTestSupport
import Testing

@testable import ParaArchives

struct CRC32Tests {
  @Test func checkValue() {
    // The check value of CRC-32/ISO-HDLC in the catalogue of parametrised CRC algorithms.
    #expect(checksum(Data("123456789".utf8)) == 0xCBF4_3926)
    #expect(checksum(Data()) == 0)
  }

  @Test func equalsTheBitwiseSumAtEveryLengthAndMisalignment() {
    var generator = SeededGenerator(seed: 7)
    let bytes = Data((0..<80).map { _ in UInt8.random(in: 0...255, using: &generator) })
    for start in 0..<9 {
      for end in start..<bytes.count {
        let part = Data(bytes[start..<end])
        #expect(checksum(bytes[start..<end]) == ArchiveBuilder.checksum(part), "\(start)..<\(end)")
      }
    }
  }

  @Test func continuesOverSeveralBuffers() {
    let crc = ["12", "", "3456", "789"].reduce(0) { crc, piece in
      Array(piece.utf8).withUnsafeBytes { para_crc32(crc, $0.baseAddress, $0.count) }
    }
    #expect(crc == 0xCBF4_3926)
  }

  private func checksum(_ data: Data) -> UInt32 {
    data.withUnsafeBytes { para_crc32(0, $0.baseAddress, $0.count) }
  }
}
