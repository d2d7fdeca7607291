package import ParaTensors

/// What a forward pass works with: one worker's threads, and the arena of its activation buffers.
package struct ForwardContext {
  private let arena: Arena
  package let parallel: Parallel

  package init(arena: Arena, parallel: Parallel) {
    self.arena = arena
    self.parallel = parallel
  }

  /// A buffer's matrix, its contents undefined; it lives until the buffer is asked for again.
  func matrix(_ buffer: ActivationBuffer, _ rows: Int, _ columns: Int) -> Matrix {
    arena.matrix(buffer.index, rows: rows, columns: columns)
  }
}

/// The activation buffers of a forward pass.
enum ActivationBuffer {
  case hidden, query, key, value, projected, gate, up, row, quantized, gated, scores, last, logits
  /// A x of low-rank updates.
  case lowRankInner(Projection)
  /// A projection's quantized input where adapters scale it.
  case scaledInput(Projection)

  var index: Int {
    switch self {
    case .hidden: 0
    case .query: 1
    case .key: 2
    case .value: 3
    case .projected: 4
    case .gate: 5
    case .up: 6
    case .row: 7
    case .quantized: 8
    case .gated: 9
    case .scores: 10
    case .last: 11
    case .logits: 12
    case .lowRankInner(let projection): 13 + 2 * projection.rawValue
    case .scaledInput(let projection): 14 + 2 * projection.rawValue
    }
  }
}
