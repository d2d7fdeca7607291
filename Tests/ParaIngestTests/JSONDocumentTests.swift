import Foundation
import ParaIngest
import ParaJSON
import ParaTestSupport
import Testing

struct JSONDocumentTests {
  private let folder: TemporaryFolder
  private static let squad = """
    {"version": "1.1", "meta": {"by": "x"}, "data": [
      {"title": "T", "tags": ["a"], "paragraphs": [
        {"qas": [{"id": 1, "title": "own"}, {"id": 2}], "context": "C0"},
        {"context": "C1", "qas": []}]},
      {"title": "U", "paragraphs": [{"context": "C2", "qas": [{"id": 3, "meta": {"k": 1}}]}]}]}
    """

  init() throws { folder = try TemporaryFolder() }

  @Test func followsThePathAndInherits() throws {
    let rows = try Rows(Self.squad, in: folder, records: "data.paragraphs.qas")
    #expect(rows.errors.isEmpty)
    #expect(
      rows.places == [
        "input:data[0].paragraphs[0].qas[0]", "input:data[0].paragraphs[0].qas[1]",
        "input:data[1].paragraphs[0].qas[0]",
      ])
    #expect(
      rows.records.map(\.fields) == [
        [
          "id": .integer(1), "title": .string("own"), "context": .string("C0"),
          "tags": .array([.string("a")]), "version": .string("1.1"),
        ],
        [
          "id": .integer(2), "context": .string("C0"), "title": .string("T"),
          "tags": .array([.string("a")]), "version": .string("1.1"),
        ],
        [
          "id": .integer(3), "meta": .object(["k": .integer(1)]), "context": .string("C2"),
          "title": .string("U"), "version": .string("1.1"),
        ],
      ])
  }

  @Test func readsAPlainArray() throws {
    let rows = try Rows("[{\"n\": 1},\n {\"n\": 2}]", in: folder)
    #expect(rows.values("n") == [.integer(1), .integer(2)])
    #expect(rows.places == ["input:[0]", "input:[1]"])
    #expect(try Rows("[]", in: folder).records.isEmpty)
  }

  @Test func aPathMayLeadThroughArraysAtTheTopAndObjects() throws {
    let rows = try Rows(
      #"[{"a": {"b": [{"n": 1}]}, "m": 5}, {"a": {"b": {"n": 2}}}]"#, in: folder, records: "a.b")
    #expect(rows.values("n") == [.integer(1), .integer(2)])
    #expect(rows.values("m") == [.integer(5), nil])
    #expect(rows.places == ["input:[0].a.b[0]", "input:[1].a.b"])
  }

  @Test func anObjectIsOneRecord() throws {
    let rows = try Rows("{\n \"n\": 1\n}\n", in: folder)
    #expect(rows.values("n") == [.integer(1)])
    #expect(rows.places == ["input"])
  }

  @Test func nonObjectsAreFailures() throws {
    let rows = try Rows(#"[{"n": 1}, 2, null, ["x"], {"n": 3}]"#, in: folder)
    #expect(rows.values("n") == [.integer(1), .integer(3)])
    #expect(
      rows.messages == [
        "input:[1]: there is a number; a record must be an object {…}",
        "input:[2]: there is null; a record must be an object {…}",
        "input:[3]: there is an array; a record must be an object {…}",
      ])
  }

  @Test func missingPathComponentIsReportedWhereItIsMissing() throws {
    let rows = try Rows(
      #"{"data": [{"qas": [{"n": 1}]}, {"x": 1}, {"qas": "none"}, {"qas": [{"n": 2}]}]}"#,
      in: folder, records: "data.qas")
    #expect(rows.values("n") == [.integer(1), .integer(2)])
    #expect(
      rows.messages == [
        "input:data[1]: there is no field \"qas\" here; the path to the records is \"data.qas\"",
        "input:data[2].qas: there is a string; a record must be an object {…}",
      ])
  }

  @Test func aBrokenDocumentIsOneFailure() throws {
    let rows = try Rows("{\"data\": [\n  {\"n\": 1},\n  {\"n\": }\n]}", in: folder, records: "data")
    #expect(rows.records.isEmpty)
    #expect(
      rows.messages == ["input: invalid JSON at line 3, byte 9: expected a value, found \"}\""])
  }

  @Test func aDocumentThatIsTooLongIsAFailure() throws {
    let rows = try Rows(
      Self.squad, in: folder, records: "x", limits: InputLimits(documentBytes: 99))
    #expect(
      rows.messages == [
        "input: the document is longer than 99 bytes; write its records as JSON Lines "
          + "or raise the limit"
      ])
  }

  @Test func aPathThatNamesNothingIsRefused() {
    for path in ["", ".", ".."] {
      expect(
        throws: "input: \"\(path)\" names no element and is no path to records"
      ) { try Rows("[]", in: folder, records: path) }
    }
  }
}
