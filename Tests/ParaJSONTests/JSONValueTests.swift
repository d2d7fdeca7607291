import ParaJSON
import Testing

struct JSONValueTests {
  @Test func describesItselfAsJSON() throws {
    let text = #"{"z": [null, true, -3, 1.5, "x", {}], "a": {"c": []}, "n": 123456789012345678901}"#
    #expect(try JSONParser.parse(text).description == text)
    let value = JSONValue.string("\"\\\n\u{1}\u{202E}\u{E0001}é")
    #expect(value.description == #""\"\\\n\u0001\u202E\uDB40\uDC01é""#)
    #expect(try JSONParser.parse(value.description) == value)
  }

  @Test func keysAreComparedByteByByte() throws {
    // é, and e with a combining acute accent: equal as Swift strings.
    let text = "{\"\u{E9}\": 1, \"e\u{301}\": 2}"
    guard case .object(let object) = try JSONParser.parse(text) else {
      Issue.record("no object")
      return
    }
    #expect(object["\u{E9}"] == .integer(1))
    #expect(object["e\u{301}"] == .integer(2))
    #expect(object.keys.map(\.unicodeScalars.count) == [1, 2])
  }

  @Test func objectsKeepTheirOrder() {
    var object: JSONObject = ["b": .integer(1), "a": .integer(2)]
    object["c"] = .null
    object["b"] = .integer(3)
    object["a"] = nil
    object["d"] = nil
    #expect(object.keys == ["b", "c"])
    #expect(object["b"] == .integer(3))
    object.appendMissing(from: ["a": .bool(true), "b": .null])
    #expect(object.keys == ["b", "c", "a"])
    #expect(object["b"] == .integer(3))
  }

  @Test(arguments: [1, 23, 24, 25, 60])
  func findsDuplicatesInObjectsOfEverySize(count: Int) throws {
    let members = (0..<count).map { "\"key\($0)\":0" }
    let text = "{" + members.joined(separator: ",")
    #expect(throws: Never.self) { try JSONParser.parse(text + "}") }
    for repeated in Set([0, count / 2, count - 1]) {
      let duplicate = text + ",\"key\(repeated)\":1}"
      #expect(throws: JSONError.self) { try JSONParser.parse(duplicate) }
      let kept = try JSONParser.parse(duplicate, duplicateKeys: .kept)
      guard case .object(let object) = kept else {
        Issue.record("no object")
        return
      }
      #expect(object.count == count + 1)
      #expect(object["key\(repeated)"] == .integer(0))
    }
  }

  @Test func numbersConvertWhereTheyAreExact() {
    #expect(JSONValue.double(3).intValue == 3)
    #expect(JSONValue.double(3.5).intValue == nil)
    #expect(JSONValue.bigInteger("18446744073709551616").intValue == nil)
    #expect(JSONValue.bigInteger("18446744073709551616").doubleValue == 0x1p64)
    #expect(JSONValue.string("3").doubleValue == nil)
  }
}
