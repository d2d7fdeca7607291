package import Foundation
package import ParaTensors

/// Writes tensors as a safetensors file, each in its own format.
package enum SafetensorsWriter {
  /// Tensors lie in the order of their names; a weight of one row is written as a vector.
  package static func write(_ tensors: [String: Weight], to url: URL) throws {
    let ordered = tensors.sorted { $0.key < $1.key }
    var file = try header(
      ordered.map { Entry(name: $0, format: $1.format, rows: $1.rows, columns: $1.columns) })
    for (_, weight) in ordered {
      file.append(Data(UnsafeRawBufferPointer(start: weight.bytes, count: weight.byteCount)))
    }
    try file.write(to: url, options: .atomic)
  }

  struct Entry {
    var name: String
    var format: Weight.Format
    var rows: Int
    var columns: Int
  }

  /// What precedes the numbers of tensors that lie in the order given.
  static func header(_ entries: [Entry]) throws -> Data {
    var header: [String: [String: HeaderValue]] = ["__metadata__": ["format": .text("pt")]]
    var offset = 0
    for entry in entries {
      let end = offset + entry.rows * entry.columns * entry.format.bytes
      header[entry.name] = [
        "dtype": .text(entry.format.rawValue),
        "shape": .numbers(entry.rows == 1 ? [entry.columns] : [entry.rows, entry.columns]),
        "data_offsets": .numbers([offset, end]),
      ]
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = try encoder.encode(header)
    json.append(Data(repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
    return withUnsafeBytes(of: UInt64(json.count).littleEndian) { Data($0) } + json
  }

  private enum HeaderValue: Encodable {
    case text(String)
    case numbers([Int])

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .numbers(let numbers): try container.encode(numbers)
      }
    }
  }
}
