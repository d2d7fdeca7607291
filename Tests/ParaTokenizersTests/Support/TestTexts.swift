import Foundation
import ParaTestSupport

/// The texts of the goldens.
struct TestTexts: Decodable {
  /// Strings of our own.
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

  /// Our own, and lines of the corpora in the shared data.
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
