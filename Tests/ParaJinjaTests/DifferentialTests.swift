import Foundation
import ParaArchives
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaJinja

/// Ten thousand templates of a seeded grammar (`Goldens/make.py`): the text of jinja2, or an error where
/// it has one.
@Suite struct DifferentialTests {
  @Test func generatedTemplates() throws {
    let file = Fixtures.goldens("ParaJinjaTests").appending(path: "differential.jsonl.gz")
    let lines = try unpacked(file).split(separator: UInt8(ascii: "\n"))
    let values = try lines.map { line in
      try Array(line).withUnsafeBytes { try JSONParser.parse($0) }
    }
    guard case .object(let context)? = values.first else { return }
    #expect(values.count == 10_001)
    for case .object(let item) in values.dropFirst() {
      var variables: [String: JinjaValue] = [:]
      for member in context.members { variables[member.key] = JinjaValue(member.value) }
      let text = try string(item["template"])
      let options: JinjaOptions = item["mode"] == .string("task") ? .task : .chat
      let found = Result { try JinjaTemplate(text, options).render(variables) }
      switch (found, item["expected"]) {
      case (.success(let found), .string(let expected)?):
        #expect(found.utf8.elementsEqual(expected.utf8), "\(text)\n\(found)")
      case (.failure, nil): break
      case (.success(let found), _): Issue.record("\(text)\ngives \(found)")
      case (.failure(let error), _): Issue.record("\(text)\nfails: \(error)")
      }
    }
  }

  private func unpacked(_ file: URL) throws -> [UInt8] {
    var archive = try ArchiveReader(file)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while try archive.nextMember() != nil {
      while case let count = try buffer.withUnsafeMutableBytes({ try archive.read(into: $0) }),
        count > 0
      { bytes += buffer[..<count] }
    }
    return bytes
  }
}
