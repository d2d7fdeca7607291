import ParaJSON
import ParaTestSupport
import Testing

/// What errors of configuration files say, whole.
struct JSONNodeTests {
  private func node(_ text: String) throws -> JSONNode {
    try JSONNode(parsing: Array(text.utf8), file: "f.json")
  }

  @Test func readsTypedValues() throws {
    let root = try node(#"{"a": {"b": [1, 2.0, "x", true]}, "n": null}"#)
    let list = try root.required("a").required("b").elements()
    #expect(list.map(\.path) == ["a.b[0]", "a.b[1]", "a.b[2]", "a.b[3]"])
    #expect(try list[0].int() == 1)
    #expect(try list[1].count() == 2)
    #expect(try list[1].double() == 2)
    #expect(try list[2].string() == "x")
    #expect(try list[3].bool())
    #expect(try root.member("n") == nil)
    #expect(try root.member("absent") == nil)
    #expect(try root.bool("absent", default: true))
    #expect(try root.members().map(\.key) == ["a", "n"])
  }

  @Test func errorsNameFileAndKeyPath() throws {
    let root = try node(#"{"a": {"b": [1.5, -1]}}"#)
    let list = try root.required("a").required("b").elements()
    expect(throws: "f.json, a.b[0]: expected a whole number, found a number") { try list[0].int() }
    expect(throws: "f.json, a.b[1]: expected a number that is not negative") {
      try list[1].count()
    }
    expect(throws: "f.json, a: expected a string, found an object") {
      try root.required("a").string()
    }
    expect(throws: #"f.json, a: the key "c" is missing"#) { try root.required("a").required("c") }
    expect(throws: #"f.json: the key "a" is not known here"#) { try root.allowOnly("b") }
  }

  @Test func syntaxErrorsNameTheByte() {
    expect(throws: "f.json, byte 5: expected a value, found \"}\"") { try node(#"{"a":}"#) }
    expect(throws: "f.json, byte 8: expected a value, found \"}\"") {
      try node("\u{FEFF}" + #"{"a":}"#)
    }
    expect(throws: #"f.json, byte 7: the key "a" occurs twice in one object"#) {
      try node(#"{"a":1,"a":2}"#)
    }
  }
}
