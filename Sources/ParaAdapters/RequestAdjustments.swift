package import ParaTensors
import Synchronization

/// An adapter at work on one request: the adapter's own parts and, for PARA, the vectors made from
/// the prompt.
package final class RequestAdjustments: Sendable {
  package let adapter: Adapter
  private let vectors: FloatBuffer?  // [layers, outputSize]
  private let vectorsPerLayer: Int
  private let calls = Atomic(0)
  private let parts = Mutex<[ComputeType: RequestParts]>([:])

  package init(_ adapter: Adapter) {
    self.adapter = adapter
    vectorsPerLayer = adapter.vectorsPerLayer
    vectors = vectorsPerLayer > 0 ? FloatBuffer(count: adapter.layers.count * vectorsPerLayer) : nil
  }

  /// How often a generator has run: once a layer at prefill and never again, or decoding pays for
  /// it at every token.
  package var generatorCalls: Int { calls.load(ordering: .relaxed) }

  /// Makes the layer's vectors from the states of the whole prompt, [tokens, hidden], where they
  /// enter the layer. Called once a layer, at prefill.
  package func generate(layer: Int, from prompt: Matrix) {
    guard let generator = adapter.layers[layer].generator, let vectors else { return }
    calls.add(1, ordering: .relaxed)
    generator.generate(from: prompt, into: vectors.base + layer * vectorsPerLayer)
  }

  /// What it does at every projection, for a model of one compute type; made when first asked for.
  package func parts(for compute: ComputeType) -> RequestParts {
    parts.withLock { parts in
      if let made = parts[compute] { return made }
      let made = RequestParts(
        adapter, packed: adapter.packed(for: compute),
        scale: { [self] in scale($0, layer: $1) })
      parts[compute] = made
      return made
    }
  }

  private func scale(_ site: Site, layer: Int) -> UnsafePointer<Float>? {
    let parts = adapter.layers[layer]
    if let part = parts.generator?.parts[site], let vectors {
      return UnsafePointer(vectors.base + layer * vectorsPerLayer + part.lowerBound)
    }
    return parts.sites[site]?.scale?.base
  }
}

extension Adapter {
  fileprivate var vectorsPerLayer: Int {
    layers.compactMap { $0.generator?.outputSize }.max() ?? 0
  }

  /// Bytes of the vectors that it makes of each prompt.
  package var vectorBytes: Int {
    layers.count * vectorsPerLayer * MemoryLayout<Float>.size
  }
}
