import Foundation
package import ParaTensors

/// A decoder's resolved shape, constants and features: what `config.json` means, without the name of
/// its family.
package struct ModelConfiguration: Sendable, Hashable {
  package let vocabularySize: Int
  package let hiddenSize: Int
  package let feedForwardSize: Int
  package let layers: Int
  package let heads: Int
  package let keyValueHeads: Int
  package let headSize: Int
  /// Positions that prompt and answer together may fill.
  package let contextLength: Int
  package let normEpsilon: Float
  package let tiedHead: Bool
  package let endOfSequence: [Int32]

  // What families differ in, as Llama has it until a family says otherwise.

  package internal(set) var activation: GatedActivation
  package internal(set) var attentionBias = AttentionBias.none
  /// True if gate, up and down projections have biases.
  package internal(set) var feedForwardBias = false
  /// The norms of a layer's blocks, by the names of their tensors inside the layer.
  package internal(set) var norms: [BlockNorm: String] = [
    .beforeAttention: "input_layernorm", .beforeFeedForward: "post_attention_layernorm",
  ]
  package internal(set) var queryKeyNorm = QueryKeyNorm.none
  /// Added to the stored weights of every norm.
  package internal(set) var normOffset: Float = 0
  package internal(set) var embeddingScale: Float = 1
  /// What query · key is multiplied by.
  package internal(set) var attentionScale: Float
  /// Soft bounds cap · tanh(x / cap) of the scaled attention scores and of the logits; infinite
  /// where there is none.
  package internal(set) var attentionCap = Float.infinity
  package internal(set) var logitCap = Float.infinity
  /// For each layer, how many positions a token attends to, its own among them; `Int.max` for all.
  package internal(set) var windows: [Int] = []
  /// Each layer's rotary embedding; no dimension is rotated in layers without one.
  package internal(set) var rotary: [RotaryParameters] = []
  /// Tensors that hold several projections of a layer, one below the other.
  package internal(set) var fusedProjections: [FusedProjection] = []

  package enum AttentionBias: Sendable, Hashable { case none, queryKeyValue, everywhere }

  /// Where a layer may have a norm: on what a block reads, or on what it gives, before that is
  /// added to the hidden states.
  package enum BlockNorm: Sendable, Hashable, CaseIterable {
    case beforeAttention, afterAttention, beforeFeedForward, afterFeedForward
  }

  /// RMS norms of queries and keys behind their projections (and what adapters do there), before
  /// the rotary embedding: tensors `self_attn.q_norm` and `self_attn.k_norm`.
  package enum QueryKeyNorm: Sendable, Hashable {
    case none
    /// Of each head, by the same weights [headSize].
    case perHead
    /// Of all heads together, by weights [querySize] and [keyValueSize].
    case wholeWidth
  }

  /// True if the context is the one before its extension by LongRoPE.
  package var hasOriginalContext: Bool {
    rotary.contains { if case .longRope = $0.scaling { true } else { false } }
  }

  package var querySize: Int { heads * headSize }
  package var keyValueSize: Int { keyValueHeads * headSize }
  /// True if a layer has norms on what its blocks give.
  package var outputNorms: Bool {
    norms[.afterAttention] != nil || norms[.afterFeedForward] != nil
  }
}

/// A tensor of a layer that holds the weights of several projections, as Phi-3's `qkv_proj` does.
package struct FusedProjection: Sendable, Hashable {
  /// The module's path inside the layer.
  package let path: String
  package let parts: [Part]
  /// Rows of the tensor.
  var rows: Int { parts.last?.rows.upperBound ?? 0 }

  /// One projection: its path inside the layer, and which of the tensor's rows are its own.
  package struct Part: Sendable, Hashable {
    package let path: String
    package let rows: Range<Int>
  }

  /// - Parameter parts: Paths and counts of rows, in their order in the tensor.
  init(_ path: String, _ parts: KeyValuePairs<String, Int>) {
    self.path = path
    var first = 0
    self.parts = parts.map { path, rows in
      defer { first += rows }
      return Part(path: path, rows: first..<first + rows)
    }
  }
}

extension ModelConfiguration {
  /// Where the file keeps a projection's weight that it holds fused with others: the
  /// tensor's name, the rows that are the projection's, and the tensor's rows in all; nil if the
  /// projection has a tensor of its own.
  func fusedTensor(holding name: String) -> (name: String, rows: Range<Int>, allRows: Int)? {
    for fused in fusedProjections {
      for part in fused.parts {
        guard let place = name.range(of: ".\(part.path).weight") else { continue }
        return (
          name.replacingCharacters(in: place, with: ".\(fused.path).weight"), part.rows, fused.rows
        )
      }
    }
    return nil
  }
}
