internal import CParaKernels

/// A prompt's KV cache at one key/value head of one layer, in the layout of packed weights.
package struct PromptKVView {
  package var keys: UnsafeMutableRawPointer
  package var values: UnsafeMutableRawPointer
  /// Bytes from one panel of 16 channels of the values to the next.
  package var valuePanelBytes: Int
  /// Positions.
  package var count: Int
  /// Of keys, then of values, [positions padded to panels] each; unused unless the cache is int8.
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

  package var keyScales: UnsafeMutablePointer<Float> { scales }
  package var valueScales: UnsafeMutablePointer<Float> {
    scales + KVCacheType.paddedToPanels(count)
  }

  /// - Parameter next: Prefetched while this one is read.
  func kernelView(next: UnsafePointer<para_prompt_kv>?) -> para_prompt_kv {
    para_prompt_kv(
      keys: keys, values: values, valuePanelBytes: valuePanelBytes, keyScales: keyScales,
      valueScales: valueScales, count: count,
      headBytes: headBytes, next: next)
  }
}

/// The generated tokens' KV cache of one request's lanes at one layer and head: a page table with the
/// address of every token's entry.
package struct GeneratedKVView {
  /// [lanes, stride], oldest first; the last of `count` is written by this step, and those behind it
  /// repeat it.
  package var rows: UnsafePointer<UnsafePointer<CChar>?>
  package var lanes: Int
  package var count: Int
  /// Bytes from an entry's address to its key and its value at this layer and head.
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

  /// Addresses from lane to lane: kernels read them in fours.
  package static func stride(count: Int) -> Int { count + 3 }

  /// - Parameter next: Prefetched while this one is read.
  func kernelView(next: UnsafePointer<para_generated_kv>?) -> para_generated_kv {
    para_generated_kv(
      table: rows, tableStride: Self.stride(count: count), lanes: lanes, count: count,
      keyOffset: keyOffset, valueOffset: valueOffset, headBytes: headBytes, next: next)
  }
}
