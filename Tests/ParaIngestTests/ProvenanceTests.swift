import Foundation
import ParaIngest
import ParaJSON
import Testing

struct ProvenanceTests {
  @Test(
    arguments: [
      (Provenance(file: "a.jsonl", location: .line(17)), "a.jsonl:17"),
      (
        Provenance(file: "squad.tar.gz", member: "part-1.jsonl", location: .line(17)),
        "squad.tar.gz!part-1.jsonl:17"
      ),
      (Provenance(file: "a.gz"), "a.gz"),
      (
        Provenance(file: "c.xml", location: .element(path: "/copa-corpus/item[3]", line: 12)),
        "c.xml:12:/copa-corpus/item[3]"
      ),
      (
        Provenance(file: "d.json", location: .path("data[0].paragraphs[2].qas[1]")),
        "d.json:data[0].paragraphs[2].qas[1]"
      ),
      (
        Provenance(file: "a\nb", member: "x/../y\u{202E}\\", location: .whole),
        #"a\u{A}b!x/\u{2E}\u{2E}/y\u{202E}\u{5C}"#
      ),
      (Provenance(file: "../données/..a", member: "a..b/…"), "../données/..a!a..b/…"),
    ])
  func isShownOnOneLine(provenance: Provenance, text: String) throws {
    #expect(provenance.description == text)
    let decoded = try JSONDecoder().decode(
      Provenance.self, from: try JSONEncoder().encode(provenance))
    #expect(decoded == provenance)
  }

  @Test func isEncodedFlat() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let place = Provenance(
      file: "c.tgz", member: "a.xml", location: .element(path: "/a/b[2]", line: 5))
    #expect(
      String(decoding: try encoder.encode(place), as: UTF8.self)
        == #"{"element":"/a/b[2]","file":"c.tgz","line":5,"member":"a.xml"}"#)
  }
}
