package import Foundation
package import ParaJSON

/// The small JSON files of model and adapter folders. A key that occurs twice in an object is
/// refused: programs differ in which of the two they take.
package enum JSONFile {
  /// The object that a file holds.
  package static func object(_ url: URL) throws -> JSONObject {
    guard let data = try? Data(contentsOf: url) else {
      throw CheckpointError(.unreadable, url, "cannot be read; is it there?")
    }
    let value: JSONValue
    do {
      value = try JSONNode(parsing: Array(data), file: url.path).value
    } catch let error as JSONNodeError {
      throw CheckpointError(
        .malformed, url,
        "is not valid JSON: \(error.message)\(error.location.map { " at \($0)" } ?? "").")
    }
    guard case .object(let object) = value else {
      throw CheckpointError(.malformed, url, "holds \(value.typeName) in place of a JSON object.")
    }
    return object
  }

  /// Decodes a file whose keys are in snake case.
  package static func decode<Value: Decodable>(_ type: Value.Type, _ url: URL) throws -> Value {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw CheckpointError(.unreadable, url, "cannot be read; is it there?")
    }
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(type, from: data)
    } catch DecodingError.keyNotFound(let key, _) {
      throw CheckpointError(.malformed, url, "lacks the key \(snakeCase(key)).")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context)
    {
      let path = context.codingPath.map(snakeCase).joined(separator: ".")
      throw CheckpointError(.malformed, url, "has a value of the wrong type at \(path).")
    } catch {
      throw CheckpointError(.malformed, url, "is not valid JSON.")
    }
  }

  private static func snakeCase(_ key: any CodingKey) -> String {
    key.stringValue.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
  }
}
