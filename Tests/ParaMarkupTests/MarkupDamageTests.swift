import Foundation
import ParaMarkup
import ParaTestSupport
import Testing

struct MarkupDamageTests {
  private static let document = """
    <?xml version="1.0" encoding="UTF-8"?>
    <!DOCTYPE corpus SYSTEM "corpus.dtd">
    <corpus version="1.0">
      <item id="1" asks-for="cause"><p>A &amp; B</p><![CDATA[x]]><!-- é --></item>
    </corpus>
    """

  @Test func errorsNameCauseAndLine() throws {
    let events = try Events(of: "<a>\n<b>\n</c>\n</a>")
    #expect(
      events.error?.description
        == "line 3: the XML is not well-formed (Opening and ending tag mismatch: b line 2 and c); "
        + "nothing after this place can be read")
  }

  @Test func everyTruncationIsAnError() throws {
    let bytes = Data(Self.document.utf8)
    for length in 0..<(bytes.count) {
      let events = try Events(of: bytes.prefix(length))
      #expect(events.error != nil, "at \(length)")
    }
    #expect(try Events(of: bytes).error == nil)
  }

  @Test(arguments: [
    "", " ", "x", "<a>&undeclared;</a>", "<a></a><b/>", "<a>\u{0}</a>", "<a k='1' k='2'/>",
    "<a>\u{1}</a>", "<a b=<c/>",
  ])
  func isNotWellFormed(document: String) throws {
    #expect(try Events(of: document).error?.code == .notWellFormed)
  }

  @Test func refusesBytesThatAreNotUTF8() throws {
    let events = try Events(of: Data("<a>".utf8) + [0xFF, 0xFE] + Data("</a>".utf8))
    #expect(events.error?.code == .notWellFormed)
  }

  @Test func refusesDeepNestingAndLongText() throws {
    let deep = String(repeating: "<a>", count: 100_000)
    #expect(try Events(of: deep).error?.code == .notWellFormed)
    let long = "<a>" + String(repeating: "x", count: 11_000_000) + "</a>"
    let events = try Events(of: long)
    #expect(events.error?.code == .notWellFormed || events.text.utf8.count == 11_000_000)
  }

  @Test func rethrowsErrorsOfTheSource() throws {
    struct Broken: Error {}
    var rest = Array("<a><b>text".utf8)[...]
    let reader = MarkupReader { buffer in
      guard let byte = rest.popFirst() else { throw Broken() }
      buffer[0] = byte
      return 1
    }
    #expect(throws: Broken.self) { while try reader.next() != nil {} }
    #expect(try reader.next() == nil)
  }

  @Test func alteredDocumentsNeverCrash() throws {
    var generator = SeededGenerator(seed: 3)
    let bytes = Data(Self.document.utf8)
    for _ in 0..<2000 {
      var data = bytes
      for _ in 0..<Int.random(in: 1...5, using: &generator) {
        let index = Int.random(in: 0..<data.count, using: &generator)
        data[index] = .random(in: 0...255, using: &generator)
      }
      let events = try Events(of: data)
      #expect(events.error != nil || !events.events.isEmpty)
    }
  }
}
