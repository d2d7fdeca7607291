package import ParaTensors
import Synchronization

/// An adapter bound to one request: its weights and, for PARA, the vectors made from the prompt.
package final class BoundAdapter: Sendable {
  package let weights: AdapterWeights
  /// Whoever the weights come from, kept alive while the request runs.
  package let owner: (any AnyObject & Sendable)?
  private let vectors: FloatBuffer?  // [layers, vectorsPerLayer]
  private let calls = Atomic(0)
  private let operands = Mutex<[ComputeType: AdapterOperands]>([:])

  package init(_ weights: AdapterWeights, owner: (any AnyObject & Sendable)? = nil) {
    self.weights = weights
    self.owner = owner
    let count = weights.layers.count * weights.vectorsPerLayer
    vectors = count > 0 ? FloatBuffer(count: count) : nil
  }

  /// How often a generator has run. More than once a layer would mean that decoding pays for it at
  /// every token.
  package var generatorCalls: Int { calls.load(ordering: .relaxed) }

  /// Makes the layer's vectors. Called once a layer, at prefill.
  ///
  /// - Parameter prompt: The whole prompt's hidden states where they enter the layer,
  ///   [tokens, hidden].
  package func generateVectors(layer: Int, from prompt: Matrix) {
    guard let generator = weights.layers[layer].generator, let vectors else { return }
    calls.add(1, ordering: .relaxed)
    generator.generate(from: prompt, into: vectors.base + layer * weights.vectorsPerLayer)
  }

  /// Its operands at every projection, for a model of one compute type; made when first asked for.
  func operands(for compute: ComputeType) -> AdapterOperands {
    operands.withLock { operands in
      if let made = operands[compute] { return made }
      let made = AdapterOperands(weights, for: compute) { scale($0, layer: $1) }
      operands[compute] = made
      return made
    }
  }

  private func scale(_ projection: Projection, layer: Int) -> UnsafePointer<Float>? {
    let layerWeights = weights.layers[layer]
    if let part = layerWeights.generator?.parts[projection], let vectors {
      return UnsafePointer(vectors.base + layer * weights.vectorsPerLayer + part.lowerBound)
    }
    return layerWeights.projections[projection]?.scale?.base
  }
}

/// The operands of one request's adapter at every projection, looked up at every step. Its pointers
/// live as long as the request's `BoundAdapter`.
final class AdapterOperands: @unchecked Sendable {  // never written after it was made
  struct Operands {
    /// Scale, bias and B, which the projection's epilogue applies; nil for the identity.
    var epilogue: EpilogueOperands.Entry?
    var lowRank: PackedLowRank?
    /// What the projection's input is multiplied by, [inputSize].
    var inputScale: UnsafePointer<Float>?
  }

  private let table: [Operands]  // [layers × projections]

  init(
    _ weights: AdapterWeights, for compute: ComputeType,
    scale: (Projection, _ layer: Int) -> UnsafePointer<Float>?
  ) {
    let packed = weights.packedLowRanks(for: compute)
    table = weights.layers.indices.flatMap { layer in
      Projection.allCases.map { projection in
        let adjustment = weights.layers[layer].projections[projection]
        let lowRank = packed?[layer][projection]
        let epilogue = EpilogueOperands.Entry(
          scale: scale(projection, layer), bias: adjustment?.bias?.base, loraB: lowRank?.b)
        return Operands(
          epilogue: epilogue.isIdentity ? nil : epilogue, lowRank: lowRank,
          inputScale: adjustment?.inputScale?.base)
      }
    }
  }

  subscript(projection: Projection, layer layer: Int) -> Operands {
    table[layer * Projection.allCases.count + projection.rawValue]
  }
}
