import Foundation
import ParaJSON
package import ParaTensors

/// The JSON header of a safetensors file, checked: `__metadata__` maps strings to strings; every
/// other key is a tensor.
enum SafetensorsHeader {
  static func parse(
    _ json: UnsafeRawBufferPointer, dataSize: Int, _ url: URL
  ) throws -> [String: TensorDescription] {
    var tensors: [String: TensorDescription] = [:]
    for member in try object(json, url).members where member.key != "__metadata__" {
      guard let entry = Entry(member.value) else { throw noHeader(url) }
      tensors[member.key] = try description(member.key, entry, dataSize: dataSize, url)
    }
    try checkOverlaps(tensors, url)
    return tensors
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

  private static func description(
    _ name: String, _ entry: Entry, dataSize: Int, _ url: URL
  ) throws -> TensorDescription {
    guard let format = Weight.Format(rawValue: entry.dtype) else {
      throw CheckpointError(
        .unsupported, url, "tensor \(name) has type \(entry.dtype); F32, BF16 and F16 can be read.")
    }
    let offsets = entry.offsets
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
