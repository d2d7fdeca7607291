import Foundation
import ParaMarkup
import ParaTestSupport
import Testing

struct MarkupReaderTests {
  @Test(arguments: [1, 3, 4096])
  func returnsEventsInOrder(pieceSize: Int) throws {
    let events = try Events(
      of: """
        <?xml version="1.0"?>
        <!-- note --><a x="1" y="&lt;2&#xE9;"><b/>text<![CDATA[<raw>]]><?pi?><c>d</c></a>
        """, pieceSize: pieceSize)
    #expect(events.error == nil)
    #expect(
      events.merged == [
        .start(
          name: "a", attributes: [.init(name: "x", value: "1"), .init(name: "y", value: "<2é")]),
        .start(name: "b", attributes: []), .end, .text("text<raw>"),
        .start(name: "c", attributes: []), .text("d"), .end, .end,
      ])
  }

  @Test func dropsPrefixesAndNamespaceDeclarations() throws {
    let events = try Events(of: #"<p:a xmlns:p="urn:x" xmlns="urn:y" p:k="v"/>"#)
    #expect(
      events.merged == [.start(name: "a", attributes: [.init(name: "k", value: "v")]), .end])
  }

  @Test func skipsDocumentType() throws {
    // The external file must not be opened, so it need not exist.
    let events = try Events(of: #"<!DOCTYPE a SYSTEM "file:///none.dtd"><a>x</a>"#)
    #expect(events.error == nil)
    #expect(events.text == "x")
  }

  @Test func readsEncodings() throws {
    let latin1 =
      Data(#"<?xml version="1.0" encoding="ISO-8859-1"?><a>"#.utf8) + [0xE9] + Data("</a>".utf8)
    #expect(try Events(of: latin1).text == "é")
    let utf16 = try #require("<a>é名</a>".data(using: .utf16LittleEndian))
    #expect(try Events(of: [0xFF, 0xFE] + utf16).text == "é名")
    #expect(try Events(of: Data([0xEF, 0xBB, 0xBF]) + Data("<a>é</a>".utf8)).text == "é")
  }

  @Test(arguments: [#"<b k="1&nbsp;2"/>"#, "<b>1&nbsp;2</b>"])
  func refusesEntitiesThatAreNotDeclared(element: String) throws {
    let events = try Events(of: "<!DOCTYPE a SYSTEM \"a.dtd\">\n<a>\n\(element)</a>")
    #expect(
      events.error?.description
        == "line 3: an entity is used that the document does not declare; write the character "
        + "itself; nothing after this place can be read")
    #expect(events.text == "" || events.text == "\n")
  }

  @Test(arguments: [
    #"<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>"#,
    #"<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>"#,
    #"<!DOCTYPE a [<!ENTITY % e SYSTEM "http://localhost/x.dtd"> %e;]><a/>"#,
  ])
  func refusesDeclaredEntities(document: String) throws {
    let events = try Events(of: document)
    #expect(events.events.isEmpty)
    #expect(events.error?.code == .declaresEntities)
    #expect(
      events.error?.message == "the document type declares entities, which are not expanded; "
        + "write out what they stand for")
  }

  @Test func refusesExponentialEntities() throws {
    let laughs = (1...20).map { "<!ENTITY e\($0) \"&e\($0 - 1);&e\($0 - 1);&e\($0 - 1);\">" }
    let types = "<!ENTITY e0 \"ha\">" + laughs.joined()
    for body in ["<a>&e20;</a>", "<a k=\"&e20;\"/>", "<a/>"] {
      let events = try Events(of: "<!DOCTYPE a [\(types)]>\(body)")
      #expect(events.events.isEmpty && events.error != nil)
    }
  }

  @Test func countsLines() throws {
    let events = try Events(of: "<a>\n<b>\n\n</b><c\n/>\n</a>")
    #expect(events.starts.map(\.line) == [1, 2, 5])
  }

  /// libxml2 stores line numbers of elements in 16 bits.
  @Test func countsLinesBeyond65535() throws {
    let rows = (0..<70_000).map { "<r n=\"\($0 + 2)\">x</r>\n" }.joined()
    let events = try Events(of: "<a>\n\(rows)</a>")
    let wrong = events.starts.dropFirst().filter { start in
      guard case .start(_, let attributes) = start.event else { return true }
      return attributes.first?.value != String(start.line)
    }
    #expect(events.starts.count == 70_001)
    #expect(wrong.isEmpty, "\(wrong.prefix(3))")
  }
}
