import Foundation
import ParaIngest
import ParaJSON
import ParaTestSupport
import Testing

struct JSONLinesTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [
    "{\"n\":1}\n{\"n\":2}\n", "{\"n\":1}\n{\"n\":2}", "{\"n\":1}\r\n{\"n\":2}\r\n",
    "\u{FEFF}{\"n\":1}\n{\"n\":2}\n", "{\"n\":1} \t\n {\"n\":2}",
  ])
  func readsLines(text: String) throws {
    let rows = try Rows(text, in: folder)
    #expect(rows.errors.isEmpty)
    #expect(rows.values("n") == [.integer(1), .integer(2)])
    #expect(rows.places == ["input:1", "input:2"])
  }

  @Test func skipsBlankLinesAndCountsThem() throws {
    let rows = try Rows("\n{\"n\":1}\n\n  \t\r\n{\"n\":2}\n\n", in: folder)
    #expect(rows.errors.isEmpty)
    #expect(rows.places == ["input:2", "input:5"])
  }

  @Test func emptyFilesHaveNoRows() throws {
    for text in ["", "\n", " \n\t\r\n"] {
      let rows = try Rows(text, in: folder)
      #expect(rows.records.isEmpty && rows.errors.isEmpty)
    }
    let mark = try Rows("\u{FEFF}", in: folder)
    #expect(mark.records.isEmpty && mark.errors.isEmpty)
  }

  @Test func badRowIsAFailureAndReadingContinues() throws {
    let lines: [Data] = [
      Data("{\"n\":1}".utf8), Data("{\"n\":".utf8), Data("[1]".utf8), Data("text".utf8),
      Data("{\"n\":\"".utf8) + [0xFF] + Data("\"}".utf8), Data("{\"n\":1,\"n\":2}".utf8),
      Data("{\"n\":NaN}".utf8), Data("{\"n\":\0}".utf8), Data("{\"n\":1e999}".utf8),
      Data("{\"n\":1}{\"n\":2}".utf8), Data("{\"n\":2}".utf8),
    ]
    let rows = try Rows(Data(lines.joined(separator: [0x0A])), in: folder)
    #expect(rows.values("n") == [.integer(1), .integer(2)])
    #expect(rows.places == ["input:1", "input:11"])
    #expect(
      rows.messages == [
        "input:2: invalid JSON at byte 6 of the line: expected a value, found the end of the text",
        "input:3: the line holds an array; a row must be an object {…}",
        "input:4: invalid JSON at byte 1 of the line: expected a value, found \"t\"",
        "input:5: invalid JSON at byte 7 of the line: the text is not UTF-8, found the byte 0xFF",
        "input:6: invalid JSON at byte 8 of the line: the key \"n\" occurs twice in one object",
        "input:7: invalid JSON at byte 6 of the line: expected a value, found \"N\"",
        "input:8: invalid JSON at byte 6 of the line: expected a value, found the byte 0x0",
        "input:9: invalid JSON at byte 6 of the line: the number is beyond what a double holds",
        "input:10: invalid JSON at byte 8 of the line: unexpected text after the value, found \"{\"",
      ])
    #expect(
      rows.errors.map(\.code) == [
        .invalidJSON, .notAnObject, .invalidJSON, .invalidUTF8, .duplicateKey, .invalidJSON,
        .invalidJSON, .numberOutOfRange, .invalidJSON,
      ])
  }

  @Test func aLineThatIsTooLongIsAFailure() throws {
    let long = "{\"n\":\"\(String(repeating: "x", count: 1_000_000))\"}"
    for limit in [100, 300_000, long.utf8.count - 1] {
      let rows = try Rows(
        "{\"n\":1}\n\(long)\n{\"n\":3}\n\(long)", in: folder,
        limits: InputLimits(recordBytes: limit))
      #expect(rows.places == ["input:1", "input:3"])
      let reason = "the line is longer than \(limit) bytes; split it or raise the limit"
      #expect(rows.messages == ["input:2: \(reason)", "input:4: \(reason)"])
    }
    let limits = InputLimits(recordBytes: long.utf8.count)
    #expect(try Rows("\(long)\n\(long)", in: folder, limits: limits).records.count == 2)
  }

  @Test func linesMayCrossBufferBoundaries() throws {
    let sizes = [10, 262_100, 262_150, 3, 524_288, 1, 0, 700_000, 20]
    let text = sizes.map { "{\"n\":\"\(String(repeating: "x", count: $0))\"}" }
      .joined(separator: "\n")
    let rows = try Rows(text, in: folder)
    #expect(rows.errors.isEmpty)
    let lengths = rows.values("n").map { value in
      if case .string(let text) = value { text.utf8.count } else { -1 }
    }
    #expect(lengths == sizes)
  }

  @Test func deepNestingIsAFailure() throws {
    let deep = "{\"n\":" + String(repeating: "[", count: 100_000)
    let rows = try Rows("\(deep)\n{\"n\":1}", in: folder)
    #expect(rows.values("n") == [.integer(1)])
    #expect(
      rows.messages
        == ["input:1: invalid JSON at byte 133 of the line: more than 128 levels of nesting"])
  }

  @Test func theLimitCountsRecords() throws {
    let text = Data("{\"n\":1}\nbad\n{\"n\":2}\n{\"n\":3}\n".utf8)
    let two = try Rows(text, in: folder, limit: 2)
    #expect(two.values("n") == [.integer(1), .integer(2)])
    #expect(two.errors.count == 1)
    let none = try Rows(text, in: folder, limit: 0)
    #expect(none.records.isEmpty && none.errors.isEmpty)
  }

  @Test func formatCanBeGiven() throws {
    let rows = try Rows("not JSON\n{\"n\":1}", in: folder, format: .jsonLines)
    #expect(rows.places == ["input:2"])
    #expect(rows.errors.count == 1)
  }
}
