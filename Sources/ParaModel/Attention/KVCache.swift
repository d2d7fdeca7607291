import ParaCheckpoints
import ParaTensors

/// The keys and values of one prompt, stored once and shared by all beams of its request, in the
/// layout of the attention kernels.
package final class PromptKVCache: Sendable {
  package let length: Int
  private let layers: Int
  private let heads: Int
  private let keyBytes: Int
  private let valuePanelBytes: Int
  private let valueBytes: Int
  private let scaleBytes: Int
  private let memory: MemoryBlock  // [layers, heads, keys then values then scales]

  init(length: Int, layers: Int, _ attention: Attention) {
    self.length = length
    self.layers = layers
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

  /// Takes the first positions of another prompt's cache, a multiple of 16: whole panels, in any data type.
  func copy(_ count: Int, from other: PromptKVCache) {
    precondition(count % KVCacheType.paddedToPanels(1) == 0 && count <= min(length, other.length))
    let keys = keyBytes / KVCacheType.paddedToPanels(length) * count
    let values = valuePanelBytes / KVCacheType.paddedToPanels(length) * count
    for layer in 0..<layers {
      for head in 0..<heads {
        let (own, source) = (view(layer: layer, head: head), other.view(layer: layer, head: head))
        own.keys.copyMemory(from: source.keys, byteCount: keys)
        for panel in 0..<valueBytes / valuePanelBytes {
          (own.values + panel * valuePanelBytes).copyMemory(
            from: source.values + panel * source.valuePanelBytes, byteCount: values)
        }
        guard scaleBytes > 0 else { continue }
        own.keyScales.update(from: source.keyScales, count: count)
        own.valueScales.update(from: source.valueScales, count: count)
      }
    }
  }

  /// A head's keys and values.
  func view(layer: Int, head: Int) -> PromptKVView {
    let headBytes = keyBytes + valueBytes + scaleBytes
    let keys = memory.base + (layer * heads + head) * headBytes
    let values = keys + keyBytes
    return PromptKVView(
      keys: keys, values: values, valuePanelBytes: valuePanelBytes, count: length,
      scales: (values + valueBytes).assumingMemoryBound(to: Float.self),
      headBytes: headBytes)
  }
}

/// The keys and values that one request's beams generate, each written once and never moved.
///
/// Step s of beam b lies in row s · beams + b. When beams reorder, nothing is copied: a beam's
/// back-pointers list the rows of its tokens, and attention follows them. Memory is allocated in
/// pages of `pageSteps` steps, when they are first needed.
package final class GeneratedKVCache: @unchecked Sendable {  // grown by the worker that steps it
  package let beams: Int
  package let capacity: Int  // steps
  private let rowBytes: Int
  private let layerHeads: Int
  private let keyValueHeads: Int
  /// Each [layers, heads, keys then values, pageSteps × beams].
  private var pages: [MemoryBlock] = []

  static let pageSteps = 16
  private var pageRows: Int { Self.pageSteps * beams }

  init(beams: Int, capacity: Int, layers: Int, _ attention: Attention) {
    self.beams = beams
    self.capacity = capacity
    rowBytes = attention.cache.generatedTokenBytes(headSize: attention.headSize)
    keyValueHeads = attention.keyValueHeads
    layerHeads = layers * attention.keyValueHeads
  }

  /// Bytes of an answer of `newTokens` tokens; the last of them never runs through the model.
  static func byteCount(beams: Int, newTokens: Int, layers: Int, _ attention: Attention) -> Int {
    let pages = (max(0, newTokens - 1) + pageSteps - 1) / pageSteps
    return pages * pageSteps * beams * layers * attention.keyValueHeads * 2
      * attention.cache.generatedTokenBytes(headSize: attention.headSize)
  }

  /// Makes room for a step.
  func reserve(step: Int) {
    precondition(step < capacity)
    while pages.count <= step / Self.pageSteps {
      pages.append(MemoryBlock(byteCount: layerHeads * 2 * pageRows * rowBytes))
    }
  }

  /// The address of a row in its page; offsets lead to a head's key and value.
  func address(row: Int) -> UnsafePointer<CChar> {
    let (page, place) = row.quotientAndRemainder(dividingBy: pageRows)
    return UnsafePointer(
      (pages[page].base + place * rowBytes).assumingMemoryBound(to: CChar.self))
  }

  /// Bytes from a row's address to its key.
  func keyOffset(layer: Int, head: Int) -> Int {
    (layer * keyValueHeads + head) * headBytes
  }

  /// Bytes of a head's keys and values.
  var headBytes: Int { 2 * pageRows * rowBytes }

  /// Bytes from a row's address to its value.
  func valueOffset(layer: Int, head: Int) -> Int {
    keyOffset(layer: layer, head: head) + pageRows * rowBytes
  }
}

extension Decoder {
  package func makeGeneratedCache(beams: Int, steps: Int) -> GeneratedKVCache {
    GeneratedKVCache(
      beams: beams, capacity: steps, layers: configuration.layers, attention)
  }
}
