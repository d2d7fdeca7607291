import Foundation
import ParaJSON
package import ParaTensors

/// The JSON header of a safetensors file, checked: `__metadata__` maps strings to strings; every
/// other key is a tensor.
struct SafetensorsHeader {
  private(set) var tensors: [String: TensorDescription] = [:]
  /// The data types of the tensors that cannot be read.
  private(set) var unreadable: [String: String] = [:]

  init(_ json: UnsafeRawBufferPointer, dataSize: Int, _ url: URL) throws {
    var ranges: [(name: String, bytes: Range<Int>)] = []
    for member in try Self.object(json, url).members where member.key != "__metadata__" {
      guard let entry = Entry(member.value) else { throw Self.noHeader(url) }
      let bytes = try Self.bytes(member.key, entry, dataSize: dataSize, url)
      ranges.append((member.key, bytes))
      guard let format = Weight.Format(rawValue: entry.dtype) else {
        unreadable[member.key] = entry.dtype
        continue
      }
      guard Self.byteCount(entry.shape, format) == bytes.count else {
        throw CheckpointError(
          .malformed, url,
          "tensor \(member.key) of type \(entry.dtype) and shape \(entry.shape) does not fill its "
            + "\(bytes.count) bytes.")
      }
      tensors[member.key] = TensorDescription(format: format, shape: entry.shape, offsets: bytes)
    }
    try Self.checkOverlaps(ranges, url)
  }

  private static func object(_ json: UnsafeRawBufferPointer, _ url: URL) throws -> JSONObject {
    guard case .object(let object)? = try? JSONParser.parse(json) else { throw noHeader(url) }
    return object
  }

  private static func noHeader(_ url: URL) -> CheckpointError {
    CheckpointError(
      .malformed, url,
      "has a header that is not the JSON of a safetensors file (dtype, shape and data_offsets for "
        + "every tensor).")
  }

  private struct Entry {
    let dtype: String
    let shape, offsets: [Int]

    init?(_ value: JSONValue) {
      guard case .object(let entry) = value, case .string(let dtype)? = entry["dtype"],
        let shape = Self.integers(entry["shape"]),
        let offsets = Self.integers(entry["data_offsets"])
      else { return nil }
      (self.dtype, self.shape, self.offsets) = (dtype, shape, offsets)
    }

    private static func integers(_ value: JSONValue?) -> [Int]? {
      guard case .array(let elements)? = value else { return nil }
      let integers = elements.compactMap(\.intValue)
      return integers.count == elements.count ? integers : nil
    }
  }

  private static func bytes(
    _ name: String, _ entry: Entry, dataSize: Int, _ url: URL
  ) throws -> Range<Int> {
    let offsets = entry.offsets
    guard offsets.count == 2, 0 <= offsets[0], offsets[0] <= offsets[1], offsets[1] <= dataSize
    else {
      throw CheckpointError(
        .malformed, url,
        "tensor \(name) lies at bytes \(offsets), outside the \(dataSize) bytes of data: the file is truncated "
          + "or damaged.")
    }
    return offsets[0]..<offsets[1]
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

  private static func checkOverlaps(
    _ tensors: [(name: String, bytes: Range<Int>)], _ url: URL
  ) throws {
    let ordered = tensors.filter { !$0.bytes.isEmpty }.sorted {
      ($0.bytes.lowerBound, $0.name) < ($1.bytes.lowerBound, $1.name)
    }
    for (first, second) in zip(ordered, ordered.dropFirst())
    where first.bytes.upperBound > second.bytes.lowerBound {
      throw CheckpointError(.malformed, url, "tensors \(first.name) and \(second.name) overlap.")
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
