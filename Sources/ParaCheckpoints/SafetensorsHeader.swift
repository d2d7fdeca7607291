import Foundation
package import ParaTensors

/// The JSON header of a safetensors file, checked.
enum SafetensorsHeader {
  private struct Entry: Decodable {
    var dtype: String
    var shape: [Int]
    var dataOffsets: [Int]

    enum CodingKeys: String, CodingKey {
      case dtype, shape
      case dataOffsets = "data_offsets"
    }
  }

  /// `__metadata__` maps strings to strings; every other key is a tensor.
  private struct Header: Decodable {
    var entries: [String: Entry] = [:]

    private struct Key: CodingKey {
      var stringValue: String
      var intValue: Int? { nil }
      init?(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      for key in container.allKeys where key.stringValue != "__metadata__" {
        entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
      }
    }
  }

  static func parse(_ json: Data, dataSize: Int, _ url: URL) throws -> [String: TensorDescription] {
    let header: Header
    do {
      header = try JSONDecoder().decode(Header.self, from: json)
    } catch {
      throw CheckpointError(
        .malformed, url,
        "has a header that is not the JSON of a safetensors file (dtype, shape and data_offsets for every tensor)."
      )
    }
    var tensors: [String: TensorDescription] = [:]
    for (name, entry) in header.entries {
      tensors[name] = try description(name, entry, dataSize: dataSize, url)
    }
    try checkOverlaps(tensors, url)
    return tensors
  }

  private static func description(
    _ name: String, _ entry: Entry, dataSize: Int, _ url: URL
  ) throws -> TensorDescription {
    guard let format = Weight.Format(rawValue: entry.dtype) else {
      throw CheckpointError(
        .unsupported, url, "tensor \(name) has type \(entry.dtype); F32, BF16 and F16 can be read.")
    }
    let offsets = entry.dataOffsets
    guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= dataSize
    else {
      throw CheckpointError(
        .malformed, url,
        "tensor \(name) lies at bytes \(offsets), outside the \(dataSize) bytes of data: the file is truncated "
          + "or damaged.")
    }
    guard let bytes = byteCount(entry.shape, format), bytes == offsets[1] - offsets[0] else {
      throw CheckpointError(
        .malformed, url,
        "tensor \(name) of type \(entry.dtype) and shape \(entry.shape) does not fill its "
          + "\(offsets[1] - offsets[0]) bytes.")
    }
    return TensorDescription(format: format, shape: entry.shape, offsets: offsets[0]..<offsets[1])
  }

  /// Nil for a negative dimension or a product that no file can hold.
  private static func byteCount(_ shape: [Int], _ format: Weight.Format) -> Int? {
    var count = format.bytes
    for dimension in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: dimension)
      guard dimension >= 0, !overflow else { return nil }
      count = product
    }
    return count
  }

  private static func checkOverlaps(_ tensors: [String: TensorDescription], _ url: URL) throws {
    let filled = tensors.filter { !$0.value.offsets.isEmpty }
    let ordered = filled.sorted { $0.value.offsets.lowerBound < $1.value.offsets.lowerBound }
    for (first, second) in zip(ordered, ordered.dropFirst())
    where first.value.offsets.upperBound > second.value.offsets.lowerBound {
      throw CheckpointError(.malformed, url, "tensors \(first.key) and \(second.key) overlap.")
    }
  }
}

/// A tensor's entry in a safetensors header.
package struct TensorDescription: Sendable, Hashable {
  package var format: Weight.Format
  package var shape: [Int]
  /// Byte offsets within the file's data, which follows the header.
  package var offsets: Range<Int>
}
