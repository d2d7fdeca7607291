import ParaTensors

/// Reads the tensors of a llama2.c checkpoint, one after the other.
struct Llama2CReader {
  let file: MappedFile
  var offset: Int

  /// - Parameter groups: The size of a quantization group; nil for fp32.
  mutating func next(_ rows: Int, _ columns: Int, groups: Int?) throws -> Weight {
    let count = rows * columns
    guard let groups else {
      let base = try take(count * 4).assumingMemoryBound(to: Float.self)
      return Weight(base: base, rows: rows, columns: columns, owner: file)
    }
    guard count % groups == 0 else {
      throw CheckpointError(
        .malformed, file.url, "has groups of \(groups), which do not divide \(count) weights.")
    }
    let values = try take(count).assumingMemoryBound(to: Int8.self)
    let scales = try take(count / groups * 4)
    let buffer = FloatBuffer(count: count)
    for index in 0..<count {
      let scale = scales.loadUnaligned(fromByteOffset: index / groups * 4, as: Float.self)
      buffer.base[index] = Float(values[index]) * scale
    }
    return Weight(buffer, rows: rows, columns: columns)
  }

  private mutating func take(_ count: Int) throws -> UnsafeRawPointer {
    let end = offset + count
    guard let start = file.bytes.baseAddress, end <= file.bytes.count else {
      throw CheckpointError(
        .malformed, file.url,
        "has \(file.bytes.count) bytes, but its weights need at least \(end): it is truncated.")
    }
    defer { offset = end }
    return UnsafeRawPointer(start + offset)
  }
}
