import Foundation
import ParaJSON
import ParaTestSupport
import ParaTokenizers

/// A folder with a tokenizer and what stands beside it.
struct ChatSample {
  let folder: TemporaryFolder

  /// - Parameters:
  ///   - vocabulary: A `tokenizer.json`; the embedded model's by default.
  ///   - configuration: `tokenizer_config.json`.
  init(
    vocabulary: URL = Fixtures.model.appending(path: "tokenizer.json"),
    _ configuration: JSONObject = [:]
  ) throws {
    folder = try TemporaryFolder()
    _ = try folder.write(Data(contentsOf: vocabulary), to: "tokenizer.json")
    _ = try folder.write("\(JSONValue.object(configuration))", to: "tokenizer_config.json")
  }

  func tokenizer() throws -> Tokenizer { try Tokenizer(folder: folder.url) }

  static func user(_ text: String) -> JSONValue {
    .array([.object(["role": "user", "content": .string(text)])])
  }
}

/// A JSON file of recorded answers; its members are read with `JSONNode`'s typed methods.
func golden(_ file: URL) throws -> JSONNode {
  try JSONNode(parsing: Array(Data(contentsOf: file)), file: file.lastPathComponent)
}

extension JSONNode {
  var object: JSONObject {
    if case .object(let object) = value { object } else { [:] }
  }
}

extension JSONValue: ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  init(arrayLiteral elements: JSONValue...) { self = .array(elements) }

  init(dictionaryLiteral elements: (String, JSONValue)...) {
    self = .object(JSONObject(members: elements.map { JSONMember(key: $0, value: $1) }))
  }
}
