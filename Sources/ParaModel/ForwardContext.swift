package import ParaTensors

/// What a pass through the model works with: scratch memory and threads of one worker.
package struct ForwardContext {
  package let arena: Arena
  package let parallel: Parallel

  package init(arena: Arena, parallel: Parallel) {
    self.arena = arena
    self.parallel = parallel
  }

  /// The matrices of a pass.
  enum ActivationBuffer: Int {
    case hidden, query, key, value, projected, gate, up, row, prepared, gated, scores, last, logits
    /// The inner products of low-rank updates, then the rows with a scaling of their own: two matrices
    /// for each projection.
    case first

    static func number(ofInner projection: Projection) -> Int {
      first.rawValue + 2 * projection.rawValue
    }
    static func number(ofScaled projection: Projection) -> Int { number(ofInner: projection) + 1 }
  }

  func matrix(_ slot: ActivationBuffer, _ rows: Int, _ columns: Int) -> Matrix {
    arena.matrix(slot.rawValue, rows: rows, columns: columns)
  }

  func innerMatrix(_ projection: Projection, _ rows: Int, _ columns: Int) -> Matrix {
    arena.matrix(ActivationBuffer.number(ofInner: projection), rows: rows, columns: columns)
  }
}
