import Foundation
import ParaJSON
import ParaTestSupport
import Testing

struct JSONNumberTests {
  @Test(
    arguments: [
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .bigInteger("9223372036854775808")),
      ("-9223372036854775809", .bigInteger("-9223372036854775809")),
      ("18446744073709551616", .bigInteger("18446744073709551616")), ("1.0", .double(1)),
      ("1e0", .double(1)), ("1E+2", .double(100)), ("-0.0", .double(-0.0)), ("0e9", .double(0)),
      ("0.1", .double(0.1)), ("1e23", .double(1e23)), ("123456789.125", .double(123_456_789.125)),
      ("1e-400", .double(0)), ("1e-99999999999999999999", .double(0)),
      ("5e-324", .double(.leastNonzeroMagnitude)),
      ("1.7976931348623157e308", .double(.greatestFiniteMagnitude)),
      ("0.000000000000000000000000000000001e33", .double(1)),
    ] as [(String, JSONValue)])
  func accepts(text: String, value: JSONValue) throws {
    let parsed = try JSONParser.parse(text)
    #expect(parsed == value)
    if case (.double(let left), .double(let right)) = (parsed, value) {
      #expect(left.sign == right.sign)
    }
  }

  @Test(
    arguments: [
      ("-", "byte 2: expected a digit, found the end of the text"),
      ("+1", "byte 1: expected a value, found \"+\""),
      (".5", "byte 1: expected a value, found \".\""),
      ("1.", "byte 3: expected a digit, found the end of the text"),
      ("1.e1", "byte 3: expected a digit, found \"e\""),
      ("1e", "byte 3: expected a digit, found the end of the text"),
      ("1e+", "byte 4: expected a digit, found the end of the text"),
      ("01", "byte 2: a number may not begin with 0 and another digit, found \"1\""),
      ("-01", "byte 3: a number may not begin with 0 and another digit, found \"1\""),
      ("00", "byte 2: a number may not begin with 0 and another digit, found \"0\""),
      ("0x1", "byte 2: unexpected text after the value, found \"x\""),
      ("1_000", "byte 2: unexpected text after the value, found \"_\""),
      ("1e400", "byte 1: the number is beyond what a double holds"),
      ("[-1e99999999999999999999]", "byte 2: the number is beyond what a double holds"),
    ])
  func refuses(text: String, message: String) {
    expect(throws: message) { try JSONParser.parse(text) }
  }

  @Test func roundsAsTheStandardLibraryDoes() throws {
    var generator = SeededGenerator(seed: 23)
    for _ in 0..<20_000 {
      let value = Double(bitPattern: .random(in: 0...(.max), using: &generator))
      guard value.isFinite else { continue }
      #expect(try JSONParser.parse("\(value)").double?.bitPattern == value.bitPattern)
    }
  }

  /// Short decimals take the fast path of the scanner.
  @Test func roundsShortDecimalsAsTheStandardLibraryDoes() throws {
    var generator = SeededGenerator(seed: 29)
    for _ in 0..<20_000 {
      let digits = Int.random(in: 0...(1 << 54), using: &generator)
      let text = "\(digits)e\(Int.random(in: -30...30, using: &generator))"
      #expect(try JSONParser.parse(text).double?.bitPattern == Double(text)?.bitPattern, "\(text)")
    }
  }
}

extension JSONValue {
  fileprivate var double: Double? {
    if case .double(let value) = self { value } else { nil }
  }
}
