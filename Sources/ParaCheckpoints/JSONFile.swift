package import Foundation

/// Small JSON files of model and adapter folders, whose keys are in snake case.
package enum JSONFile {
  /// Keys that the file's object lacks, though not those that it sets to null, are taken from
  /// `defaults`.
  package static func decode<Value: Decodable>(
    _ type: Value.Type, _ url: URL, defaults: [String: any Sendable] = [:]
  ) throws -> Value {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw CheckpointError(.unreadable, url, "cannot be read; is it there?")
    }
    do {
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(type, from: completed(data, defaults))
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

  private static func completed(_ data: Data, _ defaults: [String: any Sendable]) throws -> Data {
    guard !defaults.isEmpty,
      let object = try JSONSerialization.jsonObject(with: data) as? [String: Any]
    else { return data }
    return try JSONSerialization.data(
      withJSONObject: (defaults as [String: Any]).merging(object) { $1 })
  }

  private static func snakeCase(_ key: any CodingKey) -> String {
    key.stringValue.map { $0.isUppercase ? "_" + $0.lowercased() : String($0) }.joined()
  }
}
