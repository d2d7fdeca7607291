import Foundation
import ParaTestSupport
import Testing

@testable import ParaTokenizers

/// The output of a reference library for the test texts; written by `Goldens/make_goldens.py`.
struct Golden: Decodable {
  let ids: [[TokenID]]
  /// The decoded text by the index of the text, where it differs from the text.
  let decoded: [String: String]

  static let folder = Fixtures.goldens("ParaTokenizersTests")

  static func named(_ name: String) throws -> Golden {
    try JSONDecoder().decode(
      Golden.self, from: try Data(contentsOf: folder.appendingPathComponent("\(name).json")))
  }

  static func fixture(_ name: String) -> URL {
    folder.appendingPathComponent("fixtures").appendingPathComponent(name)
  }

  /// The indices of the texts for which a tokenizer differs, with its output; empty if all are
  /// equal.
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

extension SharedData {
  static let missing = Comment(rawValue: "the shared data are not beside the package")

  static func json<T: Decodable>(_ path: String, as type: T.Type) throws -> T {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: try Data(contentsOf: url(path)))
  }
}
