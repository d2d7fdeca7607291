import Foundation
import ParaTestSupport
import Testing

@testable import ParaTokenizers

/// The files beside a vocabulary against transformers' AutoTokenizer (Goldens/configurations.py).
@Suite struct ConfigurationGoldenTests {
  struct Record: Decodable {
    var texts: [String]
    var cases: [Case]
  }

  struct Case: Decodable {
    var name: String
    var base: String
    var ids: [[TokenID]]
    /// Without special tokens, and with them.
    var decoded: [String]
    var visible: [String]
    var roles: [String: String]
  }

  private let file = Golden.folder.appending(path: "configurations.json")
  private let record: Record
  /// By case, the files as JSON values, which `Decodable` does not keep.
  private let files: [[String: Any]]

  init() throws {
    let data = try Data(contentsOf: file)
    record = try JSONDecoder().decode(Record.self, from: data)
    let root = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    files = (root?["cases"] as? [[String: Any]] ?? []).compactMap { $0["files"] as? [String: Any] }
  }

  private func tokenizer(_ index: Int) throws -> Tokenizer {
    let folder = try TemporaryFolder()
    let base = record.cases[index].base
    let source =
      base == "model"
      ? Fixtures.model.appending(path: "tokenizer.json") : Golden.fixture(base)
    _ = try folder.write(Data(contentsOf: source), to: "tokenizer.\(source.pathExtension)")
    for (name, content) in files[index] {
      _ = try folder.write(JSONSerialization.data(withJSONObject: content), to: name)
    }
    return try Tokenizer(folder: folder.url)
  }

  @Test func everyConfiguration() throws {
    #expect(record.cases.count == 56 && files.count == 56)
    for (index, golden) in record.cases.enumerated() {
      let tokenizer = try tokenizer(index)
      let roles = Dictionary(uniqueKeysWithValues: tokenizer.roles.map { ($0.name, $0.content) })
      #expect(roles == golden.roles, "\(golden.name)")
      for (text, (ids, (decoded, visible))) in zip(
        record.texts, zip(golden.ids, zip(golden.decoded, golden.visible)))
      {
        #expect(tokenizer.encode(text) == ids, "\(golden.name): \(text)")
        #expect(tokenizer.decode(ids) == decoded, "\(golden.name): \(text)")
        let all = tokenizer.decode(ids, skippingSpecialTokens: false)
        #expect(all == visible, "\(golden.name): \(text)")
      }
    }
  }
}
