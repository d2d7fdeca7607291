import Foundation
import ParaArchives
import ParaTestSupport

/// English text of the shared data.
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

  /// So many lines of at least so many bytes, spread over the whole corpus.
  func lines(_ count: Int, shortest: Int) throws -> [String] {
    let lines = try bytes().split(separator: 0x0A).filter { $0.count >= shortest }
    return (0..<count).map { String(decoding: lines[$0 * lines.count / count], as: UTF8.self) }
  }

  /// The contents of an archive's members with a line break between them.
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
