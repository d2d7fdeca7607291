package import ParaTensors
import Synchronization

/// An adapter as the model applies it: what it does in every layer. Never changed, and shared by all
/// requests of its tenant.
package final class AdapterWeights: Sendable {
  package let layers: [Layer]
  /// Elements that the generators make of a prompt in each layer; 0 for adapters without.
  let vectorsPerLayer: Int
  private let hasLowRank: Bool
  private let packed = Mutex<[ComputeType: [ProjectionTable<PackedLowRank?>]]>([:])

  /// What the adapter does in one layer.
  package struct Layer: Sendable {
    package var projections = ProjectionTable<ProjectionAdjustment?>(repeating: nil)
    package var generator: (any PromptVectorGenerator)?

    package init() {}
  }

  /// - Parameter layers: One for each layer of the model.
  package init(layers: [Layer]) {
    self.layers = layers
    vectorsPerLayer = layers.compactMap { $0.generator?.outputSize }.max() ?? 0
    hasLowRank = layers.contains { layer in
      Projection.allCases.contains { layer.projections[$0]?.lowRank != nil }
    }
  }

  /// Bytes of the vectors that are made of each prompt.
  package var vectorBytes: Int {
    layers.count * vectorsPerLayer * MemoryLayout<Float>.size
  }

  /// Each layer's low-rank updates packed for a compute type, when first asked for; nil if it has
  /// none.
  func packedLowRanks(for compute: ComputeType) -> [ProjectionTable<PackedLowRank?>]? {
    guard hasLowRank else { return nil }
    return packed.withLock { packed in
      if let made = packed[compute] { return made }
      let made = layers.map { layer in
        ProjectionTable<PackedLowRank?> { projection in
          layer.projections[projection]?.lowRank.map { PackedLowRank($0, for: compute) }
        }
      }
      packed[compute] = made
      return made
    }
  }
}

/// Makes one layer's scales from the prompt's hidden states at prefill, as PARA does.
package protocol PromptVectorGenerator: Sendable {
  /// Elements of the vectors, those of all scaled projections together.
  var outputSize: Int { get }

  /// The range of the vectors that scales a projection's output; nil where none does.
  var parts: ProjectionTable<Range<Int>?> { get }

  /// Called once a prompt, before the layer's first projection.
  ///
  /// - Parameters:
  ///   - prompt: The hidden states of the whole prompt where they enter the layer, before its input
  ///     norm, [tokens, hidden].
  ///   - vectors: Where the vectors are written, [outputSize].
  func generate(from prompt: Matrix, into vectors: UnsafeMutablePointer<Float>)
}
