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

  /// Reserves the buffers of a pass.
  func reserving(_ size: ForwardSize, _ table: ActivationTable) -> ForwardPass {
    ForwardPass(context: self, size: size, table: table)
  }
}

/// A forward pass whose buffers are reserved as `ActivationTable` says.
struct ForwardPass {
  private let context: ForwardContext
  let size: ForwardSize
  let table: ActivationTable
  /// Elements of the reserved buffers, by their index.
  private let elements: [Int]
  var parallel: Parallel { context.parallel }

  fileprivate init(context: ForwardContext, size: ForwardSize, table: ActivationTable) {
    self.context = context
    self.size = size
    self.table = table
    elements = ActivationTable.reserved.map { buffer in
      let elements = table.elements(buffer, size)
      if elements > 0 { _ = context.matrix(buffer, 1, elements) }
      return elements
    }
  }

  /// A reserved buffer's matrix, its contents undefined; it lives until the buffer is asked for
  /// again.
  func matrix(_ buffer: ActivationBuffer, _ rows: Int, _ columns: Int) -> Matrix {
    // The plan would be wrong by what is above the table's size.
    precondition(
      buffer.index >= elements.count || rows * columns <= elements[buffer.index],
      "\(buffer) is larger than in the table of activation buffers")
    return context.matrix(buffer, rows, columns)
  }
}
