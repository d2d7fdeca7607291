import Foundation
import ParaJSON
import Testing

@testable import ParaIngest

struct FormatDetectorTests {
  @Test(
    arguments: [
      ("{\"a\":1}\n{\"a\":2}", "x", .format(.jsonLines)), ("{\"a\":1}", "x", .format(.jsonLines)),
      ("{\"a\":1}\n{\"a\":2}", "x.json", .format(.jsonLines)), ("{\n\"a\":1}", "x", .format(.json)),
      ("[1]", "x", .format(.json)), ("\n\n [\n1]", "x", .format(.json)),
      ("[1]", "x.jsonl", .format(.jsonLines)), ("oops", "x.jsonl.gz", .format(.jsonLines)),
      ("{\n\"a\":1}", "x.ndjson.zst", .format(.jsonLines)), ("{oops}\n", "x.json", .format(.json)),
      ("{oops}\n", "x", .unknown(reason: "text that is not JSON")),
      ("{\\rtf1\n", "x", .unknown(reason: "text that is not JSON")),
      ("oops", "x", .unknown(reason: "neither JSON nor XML")),
      ("oops", "jsonl", .unknown(reason: "neither JSON nor XML")), ("<a/>", "x", .format(.xml)),
      ("\u{FEFF}<?xml version='1.0'?><a/>", "x", .format(.xml)),
      ("<!-- a --><b/>", "x", .format(.xml)),
      ("<!DOCTYPE a><a/>", "x.json", .format(.xml)),
      ("<?xml ?><!-- -->", "x", .unknown(reason: "markup that is no XML document")),
      (
        "<?xml version='1.0'?>\n<!ELEMENT a (b)>", "x",
        .unknown(reason: "markup that is no XML document")
      ),
      ("<!DOCTYPE HTML><html>", "x", .unknown(reason: "HTML")),
      ("<html lang='en'>", "x", .unknown(reason: "HTML")),
      ("<3", "x", .unknown(reason: "markup that is no XML document")), ("", "x", .empty),
      (" \n\t", "x", .empty), ("\u{FEFF}", "x", .empty),
    ] as [(String, String, FormatDetector.Verdict)])
  func tells(text: String, name: String, verdict: FormatDetector.Verdict) {
    #expect(self.verdict(Data(text.utf8), name) == verdict)
  }

  @Test func tellsUTF16() throws {
    let reason = FormatDetector.Verdict.unknown(reason: "UTF-16 text; convert it to UTF-8")
    for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
      let mark: [UInt8] = encoding == .utf16LittleEndian ? [0xFF, 0xFE] : [0xFE, 0xFF]
      let json = try #require("{\"a\":1}".data(using: encoding))
      #expect(verdict(mark + json, "x.jsonl") == reason)
      let xml = try #require("<a/>".data(using: encoding))
      #expect(verdict(mark + xml, "x") == .format(.xml))
    }
  }

  @Test func oneLongLineGoesByItsName() {
    let start = Data("{\"a\": \"xxxx".utf8)
    #expect(verdict(start, "x.json", isWhole: false) == .format(.json))
    #expect(verdict(start, "x", isWhole: false) == .format(.jsonLines))
    #expect(verdict(Data("[{\"a\": ".utf8), "x", isWhole: false) == .format(.json))
    #expect(verdict(Data("  ".utf8), "x", isWhole: false) == .unknown(reason: "white space"))
    #expect(verdict(Data("<!-- long".utf8), "x", isWhole: false) == .format(.xml))
  }

  @Test func aWrongFirstLineOfWhatWasChosenIsABadRow() {
    #expect(verdict(Data("{oops}\n".utf8), "x", isChosen: true) == .format(.jsonLines))
    #expect(verdict(Data("{\"a\":1,\"a\":2}\n".utf8), "x") == .format(.jsonLines))
  }

  @Test func aPathAsksForADocument() {
    let lines = Data("{\"a\":1}\n{\"a\":2}".utf8)
    #expect(verdict(lines, "x", hasRecordPath: true) == .format(.json))
    #expect(verdict(lines, "x.jsonl", hasRecordPath: true) == .format(.jsonLines))
  }

  private func verdict(
    _ data: Data, _ name: String, isWhole: Bool = true, isChosen: Bool = false,
    hasRecordPath: Bool = false
  ) -> FormatDetector.Verdict {
    let detector = FormatDetector(
      name: name, isChosen: isChosen, hasRecordPath: hasRecordPath)
    return data.withUnsafeBytes { detector.verdict(on: $0, isWhole: isWhole) }
  }
}
