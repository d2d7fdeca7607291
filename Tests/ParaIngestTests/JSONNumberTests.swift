import Foundation
import ParaIngest
import ParaJSON
import ParaTestSupport
import Testing

struct JSONNumberTests {
  @Test(
    arguments: [
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .number(9_223_372_036_854_775_808)),
      ("-9223372036854775809", .number(-9_223_372_036_854_775_808)),
      ("18446744073709551616", .number(18_446_744_073_709_551_616)), ("1.0", .number(1)),
      ("1e0", .number(1)), ("1E+2", .number(100)), ("-0.0", .number(-0.0)), ("0e9", .number(0)),
      ("0.1", .number(0.1)), ("1e23", .number(1e23)), ("123456789.125", .number(123_456_789.125)),
      ("1e-400", .number(0)), ("1e-99999999999999999999", .number(0)),
      ("5e-324", .number(.leastNonzeroMagnitude)),
      ("1.7976931348623157e308", .number(.greatestFiniteMagnitude)),
      ("0.000000000000000000000000000000001e33", .number(1)),
    ] as [(String, FieldValue)])
  func accepts(text: String, value: FieldValue) throws {
    let parsed = try JSONParser.parse(text)
    #expect(parsed == value)
    if case (.number(let left), .number(let right)) = (parsed, value) {
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

  /// Short decimals take a way of their own.
  @Test func roundsShortDecimalsAsTheStandardLibraryDoes() throws {
    var generator = SeededGenerator(seed: 29)
    for _ in 0..<20_000 {
      let digits = Int.random(in: 0...(1 << 54), using: &generator)
      let text = "\(digits)e\(Int.random(in: -30...30, using: &generator))"
      #expect(try JSONParser.parse(text).double?.bitPattern == Double(text)?.bitPattern, "\(text)")
    }
  }
}

extension FieldValue {
  fileprivate var double: Double? {
    if case .number(let value) = self { value } else { nil }
  }
}
