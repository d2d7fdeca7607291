package import Foundation
package import ParaJSON

/// The small JSON files of model and adapter folders, with Python's `Infinity` and `NaN`. A key that
/// occurs twice in an object is refused: programs differ in which of the two they take.
package enum JSONFile {
  /// The object that a file holds.
  package static func object(_ url: URL) throws -> JSONObject {
    guard let data = try? Data(contentsOf: url) else {
      throw CheckpointError(.unreadable, url, "cannot be read; is it there?")
    }
    if let format = ForeignFormat(data) { throw format.error(url) }
    let value: JSONValue
    do {
      value = try JSONNode(parsing: Array(data), file: url.path, numbers: .python).value
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
    try decode(type, object(url), url, keys: .convertFromSnakeCase)
  }

  /// Decodes an object of a file.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, _ object: JSONObject, _ url: URL,
    keys: JSONDecoder.KeyDecodingStrategy = .useDefaultKeys
  ) throws -> Value {
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = keys
      return try decoder.decode(type, from: Data(object.description.utf8))
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context)
    {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw CheckpointError(.malformed, url, "has a value of the wrong type at \(path).")
    } catch DecodingError.dataCorrupted {
      throw CheckpointError(.malformed, url, "has a number that is not finite.")
    } catch {
      throw CheckpointError(.malformed, url, "cannot be used: \(error)")
    }
  }
}
