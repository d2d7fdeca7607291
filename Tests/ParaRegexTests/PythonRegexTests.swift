import Foundation
import ParaArchives
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaRegex

@Suite struct PythonRegexTests {
  /// Four thousand expressions of a seeded grammar, and broken ones (`Goldens/make.py`): what Python's `re`
  /// finds, or an error where it has one.
  @Test func generatedExpressions() throws {
    let cases = try Golden.cases()
    #expect(cases.count > 4000)
    for item in cases { try check(item) }
  }

  private func check(_ item: Golden) throws {
    let regex: PythonRegex
    do {
      regex = try PythonRegex(item.pattern)
    } catch {
      #expect(item.isError, "\(item.pattern): \(error)")
      return
    }
    guard !item.isError else {
      Issue.record("\(item.pattern) is taken, and Python refuses it")
      return
    }
    for (index, text) in item.texts.enumerated() {
      let what = Comment(rawValue: "\(item.pattern.debugDescription) in \(text.debugDescription)")
      #expect(
        try item.findAll[index] == regex.findAll(in: text).map { $0.map(Optional.some) }, what)
      #expect(try item.match[index] == regex.match(in: text)?.text, what)
      #expect(try item.fullMatch[index] == (regex.fullMatch(in: text) != nil), what)
      #expect(try item.split[index] == regex.split(text), what)
      if let sub = item.sub?[index] {
        #expect(try sub[0] == regex.replacing(in: text, with: item.template), what)
        #expect(try sub[1] == regex.replacing(in: text, with: item.template, count: 1), what)
      } else {
        #expect(throws: PythonRegexError.self, what) {
          try regex.replacing(in: text, with: item.template)
        }
      }
    }
  }

  /// Without the limit this search would take longer than the universe lasts.
  @Test func aSearchThatExplodesIsAnError() throws {
    let regex = try PythonRegex("(a+)+$")
    let text = String(repeating: "a", count: 60) + "b"
    #expect(throws: PythonRegexError.self) { try regex.search(in: text) }
  }

  @Test func deepNestingIsAnError() {
    let pattern = String(repeating: "(", count: 100_000) + String(repeating: ")", count: 100_000)
    #expect(throws: PythonRegexError.self) { try PythonRegex(pattern) }
  }

  @Test func messagesNameTheExpression() throws {
    do {
      _ = try PythonRegex("a(?i)b")
      Issue.record("taken")
    } catch {
      #expect(
        error.message.hasPrefix("the regular expression 'a(?i)b' sets flags that are not at its"))
    }
  }
}

/// One line of `Goldens/python.jsonl.gz`.
private struct Golden: Decodable {
  var pattern: String
  var template: String
  var texts: [String]
  var error: String?
  var findall: [[[String?]]]?
  var match: [String?] = []
  var fullmatch: [Bool]?
  var split: [[String?]] = []
  var sub: [[String]]?

  var isError: Bool { error != nil }
  var findAll: [[[String?]]] { findall ?? [] }
  var fullMatch: [Bool] { fullmatch ?? [] }

  enum CodingKeys: CodingKey {
    case pattern, template, texts, error, findall, match, fullmatch, split, sub
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    pattern = try values.decode(String.self, forKey: .pattern)
    template = try values.decode(String.self, forKey: .template)
    texts = try values.decode([String].self, forKey: .texts)
    error = try values.decodeIfPresent(String.self, forKey: .error)
    findall = try values.decodeIfPresent([[[String?]]].self, forKey: .findall)
    match = try values.decodeIfPresent([String?].self, forKey: .match) ?? []
    fullmatch = try values.decodeIfPresent([Bool].self, forKey: .fullmatch)
    split = try values.decodeIfPresent([[String?]].self, forKey: .split) ?? []
    sub = try values.decodeIfPresent([[String]].self, forKey: .sub)
  }

  static func cases() throws -> [Golden] {
    let file = Fixtures.goldens("ParaRegexTests").appending(path: "python.jsonl.gz")
    var archive = try ArchiveReader(file)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while try archive.nextMember() != nil {
      while case let count = try buffer.withUnsafeMutableBytes({ try archive.read(into: $0) }),
        count > 0
      { bytes += buffer[..<count] }
    }
    return try bytes.split(separator: UInt8(ascii: "\n")).map {
      try JSONDecoder().decode(Golden.self, from: Data($0))
    }
  }
}
