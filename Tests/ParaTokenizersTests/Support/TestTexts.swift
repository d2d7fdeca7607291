import Foundation
import ParaArchives
import ParaTestSupport

/// The texts of the golden files.
struct TestTexts: Decodable {
  /// Strings written for these tests.
  let own: [String]
  private let corpus: [Place]

  /// A line of a file in the shared data, written as `[file, line]`.
  private struct Place: Decodable {
    let file: String
    let line: Int

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      file = try container.decode(String.self)
      line = try container.decode(Int.self)
    }
  }

  static func load() throws -> TestTexts {
    let file = Golden.folder.appendingPathComponent("texts.json")
    return try JSONDecoder().decode(TestTexts.self, from: try Data(contentsOf: file))
  }

  /// The strings written for these tests, and lines of the corpora in the shared data.
  func withCorpora() throws -> [String] {
    var lines: [String: [Substring]] = [:]
    return own
      + (try corpus.map { place in
        if lines[place.file] == nil {
          let text = try String(contentsOf: SharedData.url(place.file), encoding: .utf8)
          let utf8 = text.utf8.split(separator: 10, omittingEmptySubsequences: false)
          lines[place.file] = utf8.map { Substring($0) }
        }
        return String(lines[place.file]?[place.line] ?? "")
      })
  }
}

/// English corpora of the shared data.
enum Corpus: String, CaseIterable, Sendable {
  case tinystories
  case wikipedia = "wikipedia-en"
  case books = "public-domain-books"

  private var files: [String] {
    switch self {
    case .tinystories:
      [
        "corpus-tinystories/tinystories-0.9MB.txt",
        "corpus-tinystories/tinystories-4MB-lowercase.txt",
      ]
    case .wikipedia: ["corpus-wikipedia-en/AA_wiki_00.txt", "corpus-wikipedia-en/AB_wiki_00.txt"]
    case .books: []
    }
  }

  func bytes() throws -> [UInt8] {
    guard self == .books else {
      return Array(try files.map { try Data(contentsOf: SharedData.url($0)) }.joined(by: 0x0A))
    }
    return try Self.members(SharedData.url("corpus-public-domain-books.tar.gz"))
  }

  /// `count` lines of at least `shortest` bytes, evenly spread over the corpus.
  func lines(_ count: Int, shortest: Int) throws -> [String] {
    let lines = try bytes().split(separator: 0x0A).filter { $0.count >= shortest }
    return (0..<count).map { String(decoding: lines[$0 * lines.count / count], as: UTF8.self) }
  }

  /// The contents of the members of an archive, separated by line breaks.
  private static func members(_ file: URL) throws -> [UInt8] {
    var archive = try ArchiveReader(file)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 20)
    while try archive.nextMember() != nil {
      if !bytes.isEmpty { bytes.append(0x0A) }
      while true {
        let count = try chunk.withUnsafeMutableBytes { try archive.read(into: $0) }
        if count == 0 { break }
        bytes += chunk[..<count]
      }
    }
    return bytes
  }
}

extension [Data] {
  fileprivate func joined(by byte: UInt8) -> Data { Data(joined(separator: [byte])) }
}
