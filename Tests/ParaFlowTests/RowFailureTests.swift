import Foundation
import ParaFlow
import Testing

@Suite("RowFailure")
struct RowFailureTests {
  @Test("is one flat JSON object")
  func json() throws {
    let failure = RowFailure(
      origin: RowOrigin(
        number: 12, file: "a.zip", member: "dev.jsonl", location: "line 3", id: "q-1"),
      stage: "tokenize", code: "promptTooLong", message: "The prompt has 4097 tokens.")
    #expect(
      try encoded(failure)
        == #"{"code":"promptTooLong","file":"a.zip","id":"q-1","location":"line 3","#
        + #""member":"dev.jsonl","message":"The prompt has 4097 tokens.","row":12,"#
        + #""stage":"tokenize"}"#)
  }

  @Test("leaves out the member and the identifier where there is none")
  func plainJSON() throws {
    let failure = RowFailure(origin: origin(0), stage: "read", code: "odd", message: "Odd.")
    #expect(
      try encoded(failure)
        == #"{"code":"odd","file":"rows.jsonl","location":"line 1","message":"Odd.","row":0,"#
        + #""stage":"read"}"#)
  }

  @Test("an origin reads as a place")
  func place() {
    #expect(origin(16).description == "rows.jsonl, line 17")
    let member = RowOrigin(number: 0, file: "a.zip", member: "b.xml", location: "/rows/row[2]")
    #expect(member.description == "a.zip, member b.xml, /rows/row[2]")
  }

  private func encoded(_ failure: RowFailure) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(failure), as: UTF8.self)
  }
}
