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
      ("{oops}\n", "x", .unknown(actual: "text that is not JSON")),
      ("{\\rtf1\n", "x", .unknown(actual: "text that is not JSON")),
      ("oops", "x", .unknown(actual: "in another format")),
      ("oops", "jsonl", .unknown(actual: "in another format")), ("<a/>", "x", .format(.xml)),
      ("\u{FEFF}<?xml version='1.0'?><a/>", "x", .format(.xml)),
      ("<!-- a --><b/>", "x", .format(.xml)),
      ("<!DOCTYPE a><a/>", "x.json", .format(.xml)),
      ("<?xml ?><!-- -->", "x", .unknown(actual: "markup that is no XML document")),
      (
        "<?xml version='1.0'?>\n<!ELEMENT a (b)>", "x",
        .unknown(actual: "markup that is no XML document")
      ),
      ("<!DOCTYPE HTML><html>", "x", .unknown(actual: "HTML")),
      ("<html lang='en'>", "x", .unknown(actual: "HTML")),
      ("<3", "x", .unknown(actual: "markup that is no XML document")), ("", "x", .empty),
      (" \n\t", "x", .empty), ("\u{FEFF}", "x", .empty),
    ] as [(String, String, FormatDetector.Detection)])
  func detects(text: String, name: String, detection: FormatDetector.Detection) {
    #expect(self.detection(Data(text.utf8), name) == detection)
  }

  @Test func detectsUTF16() throws {
    let unknown = FormatDetector.Detection.unknown(actual: "UTF-16 text; convert it to UTF-8")
    for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian] {
      let mark: [UInt8] = encoding == .utf16LittleEndian ? [0xFF, 0xFE] : [0xFE, 0xFF]
      let json = try #require("{\"a\":1}".data(using: encoding))
      #expect(detection(mark + json, "x.jsonl") == unknown)
      let xml = try #require("<a/>".data(using: encoding))
      #expect(detection(mark + xml, "x") == .format(.xml))
    }
  }

  @Test func oneLongLineIsDetectedByName() {
    let start = Data("{\"a\": \"xxxx".utf8)
    #expect(detection(start, "x.json", isWhole: false) == .format(.json))
    #expect(detection(start, "x", isWhole: false) == .format(.jsonLines))
    #expect(detection(Data("[{\"a\": ".utf8), "x", isWhole: false) == .format(.json))
    #expect(detection(Data("  ".utf8), "x", isWhole: false) == .unknown(actual: "white space"))
    #expect(detection(Data("<!-- long".utf8), "x", isWhole: false) == .format(.xml))
  }

  @Test func malformedFirstLineOfChosenContentIsABadRow() {
    #expect(detection(Data("{oops}\n".utf8), "x", isChosen: true) == .format(.jsonLines))
    #expect(detection(Data("{\"a\":1,\"a\":2}\n".utf8), "x") == .format(.jsonLines))
  }

  @Test func recordPathSelectsDocument() {
    let lines = Data("{\"a\":1}\n{\"a\":2}".utf8)
    #expect(detection(lines, "x", hasRecordPath: true) == .format(.json))
    #expect(detection(lines, "x.jsonl", hasRecordPath: true) == .format(.jsonLines))
  }

  private func detection(
    _ data: Data, _ name: String, isWhole: Bool = true, isChosen: Bool = false,
    hasRecordPath: Bool = false
  ) -> FormatDetector.Detection {
    data.withUnsafeBytes { bytes in
      FormatDetector.detect(
        ContentSample(
          bytes: bytes, isWhole: isWhole, name: name, isChosen: isChosen,
          hasRecordPath: hasRecordPath))
    }
  }
}
