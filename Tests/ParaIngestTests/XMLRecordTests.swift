import Foundation
import ParaIngest
import ParaJSON
import ParaTestSupport
import Testing

struct XMLRecordTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func mapsAttributesAndChildren() throws {
    let rows = try Rows(
      """
      <?xml version="1.0"?>
      <corpus version="1.0">
        <item id="1" asks-for="cause">
          <p> A &amp; <![CDATA[<B>]]> </p> <a>x</a> <a>y</a> <empty/>
          <choice label="A">one</choice>
        </item>
        <item id="2">own <b>bold</b> text</item>
      </corpus>
      """, in: folder)
    #expect(rows.errors.isEmpty)
    #expect(rows.places == ["input:3:/corpus/item[1]", "input:7:/corpus/item[2]"])
    #expect(
      rows.records.map(\.fields) == [
        [
          "id": .string("1"), "asks_for": .string("cause"), "p": .string("A & <B>"),
          "a": .array([.string("x"), .string("y")]), "empty": .string(""),
          "choice": .object(["label": .string("A"), "text": .string("one")]),
        ],
        ["id": .string("2"), "b": .string("bold"), "text": .string("own bold text")],
      ])
  }

  @Test func nestedElementsAreObjects() throws {
    let rows = try Rows(
      "<c><i><options><o>a</o><o>b</o></options><p>x <b>y</b></p><q><b>z</b></q></i></c>",
      in: folder)
    #expect(
      rows.records.map(\.fields) == [
        [
          "options": .object(["o": .array([.string("a"), .string("b")])]), "p": .string("x y"),
          "q": .object(["b": .string("z")]),
        ]
      ])
  }

  @Test func findsRecordsByNameAtAnyDepth() throws {
    let rows = try Rows(
      "<c><s><i>1</i><x/><i>2</i></s><s><i>3</i></s><i><i>4</i></i></c>", in: folder, records: "i")
    #expect(rows.errors.isEmpty)
    #expect(
      rows.places == [
        "input:1:/c/s[1]/i[1]", "input:1:/c/s[1]/i[2]", "input:1:/c/s[2]/i[1]", "input:1:/c/i[1]",
      ])
    #expect(rows.values("text") == [.string("1"), .string("2"), .string("3"), nil])
    #expect(rows.values("i") == [nil, nil, nil, .string("4")])
  }

  @Test func unknownElementNameIsAFailure() throws {
    let rows = try Rows("<c><i/></c>", in: folder, records: "item")
    #expect(
      rows.messages
        == ["input: the document has no element <item>, which were to be the records"])
    let none = try Rows("<c/>", in: folder)
    #expect(none.records.isEmpty && none.errors.isEmpty)
  }

  @Test func clashingFieldsAreAFailure() throws {
    let rows = try Rows("<c><i n='1'><n>2</n></i><i n='3'/></c>", in: folder)
    #expect(rows.values("n") == [.string("3")])
    #expect(
      rows.messages == [
        "input:1:/c/i[1]: the element gives the field \"n\" twice, such as by an attribute and a "
          + "child; rename one of them"
      ])
  }

  @Test func malformedXMLEndsTheFile() throws {
    let rows = try Rows("<c>\n<i>1</i>\n<i>2</j>\n<i>3</i></c>", in: folder)
    #expect(
      rows.messages == [
        "input:3: the XML is not well-formed (Opening and ending tag mismatch: i line 3 and j); "
          + "nothing after this place can be read"
      ])
  }

  @Test func rowsBeforeAnErrorAreRead() throws {
    let items = (1...200).map { "<i>\($0)</i>\n" }.joined()
    let rows = try Rows("<c>\(items)<i></c>", in: folder)
    #expect(rows.errors.map(\.code) == [.invalidXML])
    // The parser reads some 500 bytes ahead.
    #expect(rows.records.count > 100)
  }

  @Test func declaredEntitiesAreRefused() throws {
    let rows = try Rows("<!DOCTYPE c [<!ENTITY e 'x'>]>\n<c><i>&e;</i></c>", in: folder)
    #expect(rows.records.isEmpty)
    #expect(rows.errors.map(\.code) == [.declaresEntities])
  }

  @Test func anElementThatIsTooLargeIsAFailure() throws {
    let big =
      "<i><p k='\(String(repeating: "x", count: 600))'>\(String(repeating: "y", count: 600))</p></i>"
    let many = "<i>\(String(repeating: "<p/>", count: 100))</i>"
    let rows = try Rows(
      "<c><i>1</i>\(big)\(many)<i>2</i></c>", in: folder, limits: InputLimits(recordBytes: 1000))
    #expect(rows.values("text") == [.string("1"), .string("2")])
    #expect(
      rows.messages.first
        == "input:1:/c/i[2]: the element holds more than 1000 bytes; choose smaller elements as "
        + "records or raise the limit")
    #expect(rows.errors.map(\.code) == [.recordTooLarge, .recordTooLarge])
  }
}
