import Foundation
import ParaJSON
import Testing

struct JSONParserTests {
  @Test(
    arguments: [
      ("null", .null), ("true", .bool(true)), (" false ", .bool(false)), ("0", .integer(0)),
      ("-0", .integer(0)), ("-1", .integer(-1)), ("[]", .array([])), ("{}", .object([:])),
      ("[ ]", .array([])), ("{ }", .object([:])), ("\t\r\n [1]\t\r\n ", .array([.integer(1)])),
      ("[1,\n2 , 3]", .array([.integer(1), .integer(2), .integer(3)])),
      ("[[],[[]],{}]", .array([.array([]), .array([.array([])]), .object([:])])),
      (#"{"a":1,"b":{"a":2}}"#, .object(["a": .integer(1), "b": .object(["a": .integer(2)])])),
      (#"{"":0}"#, .object(["": .integer(0)])), (#""""#, .string("")),
      (#"{"a":[null,true,"x"]}"#, .object(["a": .array([.null, .bool(true), .string("x")])])),
    ] as [(String, JSONValue)])
  func accepts(text: String, value: JSONValue) throws {
    #expect(try JSONParser.parse(text) == value)
  }

  /// Includes the kinds of errors in JSONTestSuite (Nicolas Seriot).
  @Test(
    arguments: [
      ("", "byte 1: expected a value, found the end of the text"),
      ("  ", "byte 3: expected a value, found the end of the text"),
      ("[", "byte 2: expected a value, found the end of the text"),
      ("]", "byte 1: expected a value, found \"]\""),
      ("[1", "byte 3: expected \",\" or \"]\", found the end of the text"),
      ("[1,]", "byte 4: expected a value, found \"]\""),
      ("[,1]", "byte 2: expected a value, found \",\""),
      ("[1,,2]", "byte 4: expected a value, found \",\""),
      ("[1 2]", "byte 4: expected \",\" or \"]\", found \"2\""),
      ("[1}", "byte 3: expected \",\" or \"]\", found \"}\""),
      ("1 2", "byte 3: unexpected text after the value, found \"2\""),
      ("[]]", "byte 3: unexpected text after the value, found \"]\""),
      ("{", "byte 2: expected a key in quotes, found the end of the text"),
      ("{a:1}", "byte 2: expected a key in quotes, found \"a\""),
      ("{'a':1}", "byte 2: expected a key in quotes, found \"'\""),
      ("{1:1}", "byte 2: expected a key in quotes, found \"1\""),
      ("{\"a\"}", "byte 5: expected \":\" after a key, found \"}\""),
      ("{\"a\" 1}", "byte 6: expected \":\" after a key, found \"1\""),
      ("{\"a\":}", "byte 6: expected a value, found \"}\""),
      ("{\"a\":1,}", "byte 8: expected a key in quotes, found \"}\""),
      ("{\"a\":1 \"b\":2}", "byte 8: expected \",\" or \"}\", found \"\"\""),
      ("{\"a\":1", "byte 7: expected \",\" or \"}\", found the end of the text"),
      ("nul", "byte 4: expected a value, found the end of the text"),
      ("nulL", "byte 1: expected a value, found \"n\""),
      ("True", "byte 1: expected a value, found \"T\""),
      ("truex", "byte 5: unexpected text after the value, found \"x\""),
      ("NaN", "byte 1: expected a value, found \"N\""),
      ("Infinity", "byte 1: expected a value, found \"I\""),
      ("-Infinity", "byte 2: expected a digit, found \"I\""),
      ("// x", "byte 1: expected a value, found \"/\""),
      ("[1] // x", "byte 5: unexpected text after the value, found \"/\""),
      ("\u{FEFF}1", "byte 1: expected a value, found the byte 0xEF"),
      ("\u{A0}1", "byte 1: expected a value, found the byte 0xC2"),
      ("\u{C}1", "byte 1: expected a value, found the byte 0xC"),
      ("[1\u{0}]", "byte 3: expected \",\" or \"]\", found the byte 0x0"),
      ("{\"a\":1,\"b\":2,\"a\":3}", "byte 14: the key \"a\" occurs twice in one object"),
      ("{\"a\":1,\"\\u0061\":3}", "byte 8: the key \"a\" occurs twice in one object"),
    ])
  func refuses(text: String, message: String) {
    #expect(error(of: text)?.description == message)
  }

  @Test func limitsNesting() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    #expect(error(of: nested(JSONScanner.maximumDepth)) == nil)
    let deeper = error(of: nested(JSONScanner.maximumDepth + 1))
    #expect(deeper?.code == .nestingTooDeep)
    #expect(deeper?.description == "byte 129: more than 128 levels of nesting")
    #expect(error(of: String(repeating: "[", count: 1_000_000))?.code == .nestingTooDeep)
    #expect(error(of: String(repeating: "{\"\":", count: 100_000))?.code == .nestingTooDeep)
    // Adjacent values are not nested.
    let many = "[" + Array(repeating: "[[]]", count: 1000).joined(separator: ",") + "]"
    #expect(error(of: many) == nil)
  }

  @Test func distinguishesTruncationFromSyntaxErrors() throws {
    let text = #"{"key": [1.5e3, "a\u00e9b", true, null, {"x": -2}]}"#
    let bytes = Array(text.utf8)
    for length in 0..<bytes.count {
      #expect(error(of: bytes.prefix(length))?.code == .unexpectedEnd, "at \(length)")
    }
    #expect(error(of: bytes[...]) == nil)
  }

  private func error(of text: String) -> JSONError? { error(of: Array(text.utf8)[...]) }

  private func error(of bytes: ArraySlice<UInt8>) -> JSONError? {
    bytes.withUnsafeBytes { bytes in
      do throws(JSONError) {
        _ = try JSONParser.parse(bytes)
        return nil
      } catch {
        return error
      }
    }
  }
}
