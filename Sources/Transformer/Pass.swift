package import Tensors

/// What a pass through the model works with: scratch memory and threads of one worker.
package struct Pass {
  package let workspace: Workspace
  package let parallel: Parallel

  package init(workspace: Workspace, parallel: Parallel) {
    self.workspace = workspace
    self.parallel = parallel
  }

  /// The matrices of a pass.
  enum Slot: Int {
    case hidden, normed, scaledInput, query, key, value, attended, projected, gate, up, lowRank
    case scores, last, lastNormed, logits
  }

  func matrix(_ slot: Slot, _ rows: Int, _ columns: Int) -> Matrix {
    workspace.matrix(slot, rows: rows, columns: columns)
  }
}
