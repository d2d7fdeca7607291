import Foundation

/// Measurements as JSON, with the keys in snake case.
enum MeasurementFile {
  static func write(_ value: some Encodable, to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    try (encoder.encode(value) + Data("\n".utf8)).write(to: url, options: .atomic)
  }

  static func read<Value: Decodable>(_: Value.Type, from url: URL) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Value.self, from: Data(contentsOf: url))
  }
}
