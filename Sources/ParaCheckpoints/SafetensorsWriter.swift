package import Foundation
package import ParaTensors

/// Writes tensors as a safetensors file, each in its own data type.
package enum SafetensorsWriter {
  /// Writes the tensors sorted by name; a weight of one row becomes a vector.
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

  /// The header, with its length, of a file that holds the tensors in the given order.
  static func header(_ entries: [Entry]) throws -> Data {
    var header: [String: [String: HeaderValue]] = ["__metadata__": ["format": .text("pt")]]
    var offset = 0
    for entry in entries {
      let end = offset + entry.rows * entry.columns * entry.format.bytes
      header[entry.name] = [
        "dtype": .text(entry.format.rawValue),
        "shape": .integers(entry.rows == 1 ? [entry.columns] : [entry.rows, entry.columns]),
        "data_offsets": .integers([offset, end]),
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
    case integers([Int])

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .text(let text): try container.encode(text)
      case .integers(let integers): try container.encode(integers)
      }
    }
  }
}
