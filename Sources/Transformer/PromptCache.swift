import Tensors

/// The keys and values of one prompt, stored once and shared by all beams of its request, in the
/// layout in which attention's products read them.
package final class PromptCache: Sendable {
  package let length: Int
  private let heads: Int
  private let keyBytes: Int
  private let valuePanelBytes: Int
  private let valueBytes: Int
  private let memory: MemoryBlock  // [layers, heads, keys then values]

  init(length: Int, layers: Int, _ attention: Attention) {
    self.length = length
    heads = attention.keyValueHeads
    let positions = CacheFormat.wholePanels(length)
    keyBytes = positions * attention.headSize * attention.cache.bytes
    valuePanelBytes = positions * 16 * attention.cache.bytes
    valueBytes = CacheFormat.wholePanels(attention.headSize) / 16 * valuePanelBytes
    memory = MemoryBlock(byteCount: Self.byteCount(length: length, layers: layers, attention))
  }

  static func byteCount(length: Int, layers: Int, _ attention: Attention) -> Int {
    let numbers = attention.headSize + CacheFormat.wholePanels(attention.headSize)
    return layers * attention.keyValueHeads * CacheFormat.wholePanels(length) * numbers
      * attention.cache.bytes
  }

  func slice(layer: Int, head: Int) -> PromptCacheSlice {
    let keys = memory.base + (layer * heads + head) * (keyBytes + valueBytes)
    return PromptCacheSlice(
      keys: keys, values: keys + keyBytes, valuePanelBytes: valuePanelBytes, count: length)
  }
}
