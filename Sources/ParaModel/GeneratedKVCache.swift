import ParaCheckpoints
import ParaTensors

/// The keys and values that one request's beams generate, each written once and never moved.
///
/// Step s of beam b lies in row s · beams + b. When beams reorder, nothing is copied: a beam's
/// ancestry lists the rows of its past, and attention follows it. Memory comes in blocks of some
/// steps, as they are needed.
package final class GeneratedKVCache: @unchecked Sendable {  // grown by the worker that steps it
  package let beams: Int
  package let capacity: Int  // steps
  private let rowBytes: Int
  private let layerHeads: Int
  private let keyValueHeads: Int
  private var blocks: [MemoryBlock] = []  // [layers, heads, keys then values, blockSteps × beams]

  static let blockSteps = 16
  private var blockRows: Int { Self.blockSteps * beams }

  init(beams: Int, capacity: Int, layers: Int, _ attention: Attention) {
    self.beams = beams
    self.capacity = capacity
    rowBytes = attention.cache.generatedTokenBytes(headSize: attention.headSize)
    keyValueHeads = attention.keyValueHeads
    layerHeads = layers * attention.keyValueHeads
  }

  /// Bytes once an answer has so many tokens: all but the last go through the model again.
  static func byteCount(beams: Int, newTokens: Int, layers: Int, _ attention: Attention) -> Int {
    let blocks = (max(0, newTokens - 1) + blockSteps - 1) / blockSteps
    return blocks * blockSteps * beams * layers * attention.keyValueHeads * 2
      * attention.cache.generatedTokenBytes(headSize: attention.headSize)
  }

  /// Makes room for a step.
  func reserve(step: Int) {
    precondition(step < capacity)
    while blocks.count <= step / Self.blockSteps {
      blocks.append(MemoryBlock(byteCount: layerHeads * 2 * blockRows * rowBytes))
    }
  }

  func address(row: Int) -> UnsafePointer<CChar> {
    let (block, place) = row.quotientAndRemainder(dividingBy: blockRows)
    return UnsafePointer(
      (blocks[block].base + place * rowBytes).assumingMemoryBound(to: CChar.self))
  }

  /// Bytes from a row's address to its key.
  func keyOffset(layer: Int, head: Int) -> Int {
    (layer * keyValueHeads + head) * headBytes
  }

  /// Bytes of a head's keys and values.
  var headBytes: Int { 2 * blockRows * rowBytes }

  /// Bytes from a row's address to its value.
  func valueOffset(layer: Int, head: Int) -> Int {
    keyOffset(layer: layer, head: head) + blockRows * rowBytes
  }
}

extension Decoder {
  package func makeGeneratedCache(beams: Int, steps: Int) -> GeneratedKVCache {
    GeneratedKVCache(
      beams: beams, capacity: steps, layers: configuration.layers, attention)
  }
}
