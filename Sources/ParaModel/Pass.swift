import ParaAdapters
package import ParaTensors

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
    case hidden, query, key, value, projected, gate, up, row, prepared, gated, scores, last, logits
    /// The inner products of low-rank updates, then the rows with a scaling of their own: two matrices
    /// for each site.
    case first

    static func number(ofInner site: Site) -> Int { first.rawValue + 2 * site.rawValue }
    static func number(ofScaled site: Site) -> Int { number(ofInner: site) + 1 }
  }

  func matrix(_ slot: Slot, _ rows: Int, _ columns: Int) -> Matrix {
    workspace.matrix(slot.rawValue, rows: rows, columns: columns)
  }

  func innerMatrix(_ site: Site, _ rows: Int, _ columns: Int) -> Matrix {
    workspace.matrix(Slot.number(ofInner: site), rows: rows, columns: columns)
  }
}
