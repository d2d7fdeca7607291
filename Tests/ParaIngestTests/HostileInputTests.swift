import Foundation
import ParaIngest
import ParaJSON
import ParaTestSupport
import Testing

/// Any bytes are rows or errors, and never crash.
struct HostileInputTests {
  private let folder: TemporaryFolder
  private static let xml = Data("<?xml version='1.0'?><c><i k='é'><p>x</p>&amp;</i><i/></c>".utf8)
  private static let json = Data(#"{"data":[{"t":"x","qas":[{"n":1},{"n":[2.5e1,null]}]}]}"#.utf8)

  init() throws { folder = try TemporaryFolder() }

  private static var samples: [Data] {
    CompressedSample.allCases.map(\.data) + [SampleRows.data, xml, json]
  }

  @Test func everyTruncationHasAnAnswer() throws {
    for data in Self.samples {
      let whole = try Rows(data, in: folder).records.map(\.fields)
      for length in 1..<data.count {
        let rows = try Rows(data.prefix(length), in: folder)
        #expect(!rows.errors.isEmpty || whole.starts(with: rows.records.map(\.fields)))
      }
    }
  }

  @Test func everyTruncationOfADocumentIsAFailure() throws {
    for data in [Self.xml, Self.json] {
      for length in 1..<data.count {
        let rows = try Rows(data.prefix(length), in: folder)
        #expect(rows.errors.count == 1 && rows.records.count < 3, "at \(length)")
      }
    }
  }

  @Test func alteredBytesHaveAnAnswer() throws {
    var generator = SeededGenerator(seed: 41)
    let samples = Self.samples
    for round in 0..<900 {
      var data = samples[round % samples.count]
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let index = Int.random(in: 0..<data.count, using: &generator)
        data[index] = .random(in: 0...255, using: &generator)
      }
      try expectAnswer(data, round)
    }
  }

  @Test func randomBytesHaveAnAnswer() throws {
    var generator = SeededGenerator(seed: 43)
    let alphabet = Array("{}[]\":,<>/=&;!-.0123456789eE+ntfu\\ \n\r\t\0é".utf8) + [0xFF, 0x1F]
    for round in 0..<900 {
      let count = Int.random(in: 1...400, using: &generator)
      let bytes = (0..<count).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
      try expectAnswer(Data([0x7B, 0x5B, 0x3C][round % 3..<round % 3 + 1] + bytes), round)
    }
  }

  private func expectAnswer(_ data: Data, _ round: Int) throws {
    for format in [nil] + InputFormat.allCases.map(Optional.some) {
      let rows = try Rows(data, in: folder, format: format, records: round % 2 == 0 ? nil : "data")
      #expect(!rows.errors.isEmpty || !rows.records.isEmpty || data.count < 3, "round \(round)")
    }
  }
}
