package import Foundation
package import ParaTensors

/// A mapped safetensors file: an 8-byte little-endian header length, a JSON header, then the
/// tensors' bytes.
///
/// Opening a file checks the header's length, each tensor's shape and offsets, and that no two
/// tensors overlap. A tensor of another data type is an error only when it is asked for. Source: https://github.com/huggingface/safetensors, "Format".
package final class SafetensorsFile: Sendable {
  package let url: URL
  package let tensors: [String: TensorDescription]
  /// The data types of tensors that cannot be read, by the tensors' names.
  package let unreadable: [String: String]
  private let file: MappedFile
  private let dataStart: Int

  /// The limit that the format sets.
  private static let largestHeader = 100_000_000

  package init(_ url: URL) throws {
    self.url = url
    file = try MappedFile(url)
    let bytes = file.bytes
    if bytes.count < 8
      || UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) > Self.largestHeader,
      let format = ForeignFormat(bytes)
    {
      throw format.error(url)
    }
    guard bytes.count >= 8 else {
      throw CheckpointError(
        .malformed, url, "has \(bytes.count) bytes: too short for a safetensors file.")
    }
    let length = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard length <= UInt64(min(Self.largestHeader, bytes.count - 8)) else {
      throw CheckpointError(
        .malformed, url,
        "says its header has \(length) bytes, but the file has \(bytes.count - 8) after the length: "
          + "it is truncated or not a safetensors file.")
    }
    dataStart = 8 + Int(length)
    let header = UnsafeRawBufferPointer(rebasing: bytes[8..<dataStart])
    let found = try SafetensorsHeader(header, dataSize: bytes.count - dataStart, url)
    (tensors, unreadable) = (found.tensors, found.unreadable)
  }

  /// A tensor in its stored data type: mapped, and copied only if it is fp32 and misaligned.
  ///
  /// - Throws: A `CheckpointError` if there is no such tensor, or its shape is not [rows, columns];
  ///   a matrix of one row may be stored as a vector.
  package func storedWeight(_ name: String, rows: Int, columns: Int) throws -> Weight {
    let tensor = try tensor(name)
    let expected = tensor.shape.count == 1 && rows == 1 ? [columns] : [rows, columns]
    guard tensor.shape == expected else {
      throw CheckpointError(
        .wrongShape, url, "tensor \(name) has shape \(tensor.shape), expected \(expected).")
    }
    return mapped(tensor, rows: rows, columns: columns)
  }

  /// A tensor in fp32: mapped if the file holds aligned fp32, otherwise converted.
  package func weight(_ name: String, rows: Int, columns: Int) throws -> Weight {
    try storedWeight(name, rows: rows, columns: columns).upcast
  }

  /// A tensor of one or two dimensions in fp32, whatever its shape; a vector becomes one row.
  package func weight(_ name: String) throws -> Weight {
    let shape = try tensor(name).shape
    guard let columns = shape.last, shape.count <= 2 else {
      throw CheckpointError(
        .wrongShape, url, "tensor \(name) has shape \(shape), expected one or two dimensions.")
    }
    return try weight(name, rows: shape.count == 2 ? shape[0] : 1, columns: columns)
  }

  /// Refuses NaN and infinities, and tensors of other data types, wherever they are.
  package func checkElements() throws {
    if let (name, type) = unreadable.min(by: { $0.key < $1.key }) {
      throw unsupportedType(name, type)
    }
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      let count = tensor.shape.reduce(1, *)
      guard mapped(tensor, rows: 1, columns: count).isFinite else { throw notFinite(name) }
    }
  }

  /// Releases the memory of what was read so far; the file stays mapped.
  package func releasePages() { file.releasePages() }

  private func tensor(_ name: String) throws -> TensorDescription {
    if let tensor = tensors[name] { return tensor }
    if let type = unreadable[name] { throw unsupportedType(name, type) }
    throw CheckpointError(.missingTensor, url, "has no tensor \(name).")
  }

  func notFinite(_ name: String) -> CheckpointError {
    CheckpointError(
      .malformed, url,
      "tensor \(name) holds NaN or infinity: what saved it failed; take a checkpoint from before.")
  }

  private func unsupportedType(_ name: String, _ type: String) -> CheckpointError {
    CheckpointError(
      .unsupported, url, "tensor \(name) has type \(type); F32, BF16 and F16 can be read.")
  }

  private func mapped(_ tensor: TensorDescription, rows: Int, columns: Int) -> Weight {
    let count = rows * columns
    guard count > 0, let start = file.bytes.baseAddress else {
      return Weight(FloatBuffer(count: 0), rows: rows, columns: columns)
    }
    let bytes = start + dataStart + tensor.offsets.lowerBound
    if tensor.format == .float32, Int(bitPattern: bytes) % 4 != 0 {
      let buffer = FloatBuffer(count: count)
      memcpy(buffer.base, bytes, count * 4)
      return Weight(buffer, rows: rows, columns: columns)
    }
    return Weight(
      bytes: bytes, format: tensor.format, rows: rows, columns: columns, owner: file)
  }
}
