internal import CParaKernels

/// The numbers in which keys and values are cached.
public enum KVCacheType: String, Sendable, Hashable, Codable, CaseIterable {
  case float32
  /// Half the memory, rounded to the nearest.
  case bfloat16
  /// 8 bits, with a scale for each position of each head.
  case int8

  /// What goes with products unless something else is asked for: numbers no finer and no coarser.
  package init(_ compute: ComputeType) {
    self =
      switch compute {
      case .float32: .float32
      case .bfloat16: .bfloat16
      case .int8: .int8
      }
  }

  /// Bytes of a number.
  package var bytes: Int {
    switch self {
    case .float32: 4
    case .bfloat16: 2
    case .int8: 1
    }
  }

  /// Bytes of the scale of a position's key or value.
  package var scaleBytes: Int { self == .int8 ? 4 : 0 }

  /// Bytes of a position's key in the cache of a prompt: whole words.
  package func keyBytes(headSize: Int) -> Int { (headSize * bytes + 3) / 4 * 4 }

  /// Bytes of a generated key or value.
  package func generatedTokenBytes(headSize: Int) -> Int {
    keyBytes(headSize: headSize) + scaleBytes
  }

  var kernelFormat: Int32 {
    switch self {
    case .float32: Int32(PARA_FLOAT32)
    case .bfloat16: Int32(PARA_BFLOAT16)
    case .int8: Int32(PARA_INT8)
    }
  }

  /// A number of positions, or of a head's numbers, filled up to whole panels.
  package static func paddedToPanels(_ count: Int) -> Int {
    (count + PackedWeight.panelFeatures - 1) / PackedWeight.panelFeatures
      * PackedWeight.panelFeatures
  }
}

/// A key/value head of one layer in a prompt's cache, in the layout of packed weights.
package struct PromptKVView {
  package var keys: UnsafeMutableRawPointer
  package var values: UnsafeMutableRawPointer
  /// Bytes from one panel of 16 of the head's numbers to the next.
  package var valuePanelBytes: Int
  /// Positions.
  package var count: Int
  /// Of keys, then of values, [positions to whole panels] each; unused where the format has none.
  package var scales: UnsafeMutablePointer<Float>
  /// Bytes from this head's keys, values and scales to the next head's.
  package var headBytes: Int

  package init(
    keys: UnsafeMutableRawPointer, values: UnsafeMutableRawPointer, valuePanelBytes: Int,
    count: Int, scales: UnsafeMutablePointer<Float>, headBytes: Int
  ) {
    self.keys = keys
    self.values = values
    self.valuePanelBytes = valuePanelBytes
    self.count = count
    self.scales = scales
    self.headBytes = headBytes
  }

  func kernelCache(after: UnsafePointer<para_prompt_cache>?) -> para_prompt_cache {
    para_prompt_cache(
      keys: keys, values: values, valuePanelBytes: valuePanelBytes, keyScales: scales,
      valueScales: scales + KVCacheType.paddedToPanels(count), count: count,
      headBytes: headBytes, after: after)
  }
}

/// The generated pasts of one request's lanes, each row known by its address.
package struct GeneratedKVView {
  /// [lanes, stride], oldest first; the last of `count` is where this step writes, and those behind
  /// it are the same.
  package var rows: UnsafePointer<UnsafePointer<CChar>?>
  package var lanes: Int
  package var count: Int
  /// Bytes from a row's address to its key and its value at one layer and head.
  package var keyOffset: Int
  package var valueOffset: Int
  /// Bytes from there to the next head's.
  package var headBytes: Int

  package init(
    rows: UnsafePointer<UnsafePointer<CChar>?>, lanes: Int, count: Int, keyOffset: Int,
    valueOffset: Int, headBytes: Int
  ) {
    self.rows = rows
    self.lanes = lanes
    self.count = count
    self.keyOffset = keyOffset
    self.valueOffset = valueOffset
    self.headBytes = headBytes
  }

  /// Rows are read in fours.
  package static func stride(count: Int) -> Int { count + 3 }

  func kernelPast(after: UnsafePointer<para_generated_past>?) -> para_generated_past {
    para_generated_past(
      rows: rows, rowsStride: Self.stride(count: count), lanes: lanes, count: count,
      keyOffset: keyOffset,
      valueOffset: valueOffset, headBytes: headBytes, after: after)
  }
}
