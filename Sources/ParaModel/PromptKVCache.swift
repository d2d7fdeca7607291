import ParaTensors

/// The keys and values of one prompt, stored once and shared by all beams of its request, in the
/// layout in which attention's products read them.
package final class PromptKVCache: Sendable {
  package let length: Int
  private let heads: Int
  private let keyBytes: Int
  private let valuePanelBytes: Int
  private let valueBytes: Int
  private let scaleBytes: Int
  private let memory: MemoryBlock  // [layers, heads, keys then values then scales]

  init(length: Int, layers: Int, _ attention: Attention) {
    self.length = length
    heads = attention.keyValueHeads
    let positions = KVCacheType.paddedToPanels(length)
    keyBytes = positions * attention.cache.keyBytes(headSize: attention.headSize)
    valuePanelBytes = positions * 16 * attention.cache.bytes
    valueBytes = KVCacheType.paddedToPanels(attention.headSize) / 16 * valuePanelBytes
    scaleBytes = positions * 2 * attention.cache.scaleBytes
    memory = MemoryBlock(byteCount: Self.byteCount(length: length, layers: layers, attention))
  }

  static func byteCount(length: Int, layers: Int, _ attention: Attention) -> Int {
    let (size, cache) = (attention.headSize, attention.cache)
    let position =
      cache.keyBytes(headSize: size) + KVCacheType.paddedToPanels(size) * cache.bytes
      + 2 * cache.scaleBytes
    return layers * attention.keyValueHeads * KVCacheType.paddedToPanels(length) * position
  }

  func slice(layer: Int, head: Int) -> PromptKVView {
    let headBytes = keyBytes + valueBytes + scaleBytes
    let keys = memory.base + (layer * heads + head) * headBytes
    let values = keys + keyBytes
    return PromptKVView(
      keys: keys, values: values, valuePanelBytes: valuePanelBytes, count: length,
      scales: (values + valueBytes).assumingMemoryBound(to: Float.self),
      headBytes: headBytes)
  }
}
