import Foundation
import ParaTestSupport

@testable import ParaTokenizers

/// What a reference library makes of the test texts; written by `Goldens/make_goldens.py`.
struct Golden: Decodable {
  let ids: [[TokenID]]
  /// By the text's number, what its ids decode to, where that is not the text.
  let decoded: [String: String]

  static let folder = Fixtures.goldens("ParaTokenizersTests")

  static func named(_ name: String) throws -> Golden {
    try JSONDecoder().decode(
      Golden.self, from: try Data(contentsOf: folder.appendingPathComponent("\(name).json")))
  }

  static func fixture(_ name: String) -> URL {
    folder.appendingPathComponent("fixtures").appendingPathComponent(name)
  }

  /// The numbers of the texts for which a tokenizer differs, with what it gave; empty when all is
  /// well.
  func differences(of tokenizer: Tokenizer, on texts: [String]) -> [String] {
    zip(texts, ids).enumerated().compactMap { number, pair in
      let (text, expected) = pair
      let found = tokenizer.encode(text)
      guard found == expected else { return "\(number) \(text.debugDescription): \(found)" }
      let decoded = tokenizer.decode(found)
      guard decoded.utf8.elementsEqual((self.decoded[String(number)] ?? text).utf8) else {
        return "\(number) decodes to \(decoded.debugDescription)"
      }
      return nil
    }
  }
}
