internal import CKernels

/// The numbers in which keys and values are cached.
public enum CacheFormat: String, Sendable, Hashable, Codable, CaseIterable {
  case float32
  /// Half the memory, rounded to the nearest.
  case bfloat16

  package var bytes: Int { self == .float32 ? 4 : 2 }

  /// A number of positions, or of a head's numbers, filled up to whole panels.
  package static func wholePanels(_ count: Int) -> Int {
    (count + PackedWeight.panelRows - 1) / PackedWeight.panelRows * PackedWeight.panelRows
  }
}

/// One key/value head of one layer in a prompt's cache, in the layout of packed weights.
package struct PromptCacheSlice {
  package var keys: UnsafeMutableRawPointer
  package var values: UnsafeMutableRawPointer
  /// Bytes from one panel of 16 of the head's numbers to the next.
  package var valuePanelBytes: Int
  /// Positions.
  package var count: Int

  package init(
    keys: UnsafeMutableRawPointer, values: UnsafeMutableRawPointer, valuePanelBytes: Int, count: Int
  ) {
    self.keys = keys
    self.values = values
    self.valuePanelBytes = valuePanelBytes
    self.count = count
  }

  func kernelCache(after: UnsafePointer<para_prompt_cache>?) -> para_prompt_cache {
    para_prompt_cache(
      keys: keys, values: values, valuePanelBytes: valuePanelBytes, count: count, after: after)
  }
}

/// The generated pasts of one request's lanes, each row known by its address.
package struct GeneratedPast {
  /// [lanes, count], oldest first; the last is where this step writes.
  package var rows: UnsafePointer<UnsafePointer<CChar>?>
  package var lanes: Int
  package var count: Int
  /// Bytes from a row's address to its key and its value at one layer and head.
  package var keyOffset: Int
  package var valueOffset: Int

  package init(
    rows: UnsafePointer<UnsafePointer<CChar>?>, lanes: Int, count: Int, keyOffset: Int,
    valueOffset: Int
  ) {
    self.rows = rows
    self.lanes = lanes
    self.count = count
    self.keyOffset = keyOffset
    self.valueOffset = valueOffset
  }

  func kernelPast(after: UnsafePointer<para_generated_past>?) -> para_generated_past {
    para_generated_past(
      rows: rows, rowsStride: count, lanes: lanes, count: count, keyOffset: keyOffset,
      valueOffset: valueOffset, after: after)
  }
}
