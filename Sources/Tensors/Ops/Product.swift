internal import CKernels

/// y = scale ⊙ (x · Wᵀ + bias + row bias + inner · upᵀ), or added to y: a projection with all that
/// follows it.
package struct Product {
  package let weight: PackedWeight
  package let out: Matrix
  /// The model's own bias, [weight.rows].
  package var bias: UnsafePointer<Float>?
  /// What the rows' adapters do.
  package var adjustments: RowAdjustments?
  /// True if the product is added to what `out` holds.
  package var accumulates = false

  package init(
    _ weight: PackedWeight, into out: Matrix, bias: UnsafePointer<Float>? = nil,
    adjustments: RowAdjustments? = nil, accumulates: Bool = false
  ) {
    self.weight = weight
    self.out = out
    self.bias = bias
    self.adjustments = adjustments
    self.accumulates = accumulates
  }

  /// Panels that one thread takes at a time: what the widest tile of any instruction set takes.
  private static let tilePanels = 3
  /// Multiply-adds below which another thread does not pay.
  private static let grain = 1 << 16

  /// Runs several products of the same rows, their output features shared between the threads.
  package static func apply(_ rows: PreparedRows, _ products: [Product], parallel: Parallel) {
    guard rows.rows > 0 else { return }
    for product in products { product.check(rows) }
    let tiles = products.map { ($0.weight.panels + tilePanels - 1) / tilePanels }
    let cost = max(1, rows.rows * rows.columns * tilePanels * PackedWeight.panelRows)
    parallel.ranges(tiles.reduce(0, +), grain: max(1, grain / cost)) { range in
      var first = 0
      for (product, count) in zip(products, tiles) {
        let own = range.clamped(to: first..<first + count)
        if !own.isEmpty {
          let start = (own.lowerBound - first) * tilePanels
          let end = min((own.upperBound - first) * tilePanels, product.weight.panels)
          product.run(rows, 0..<rows.rows, panels: start..<end)
        }
        first += count
      }
    }
  }

  private func check(_ rows: PreparedRows) {
    precondition(rows.columns == weight.columns && weight.rows <= out.columns)
    precondition(rows.rows <= out.rows)
  }

  /// The product of some rows and some panels, on the calling thread.
  ///
  /// - Parameter next: The weight that is read after this one, to call it into the cache.
  package func run(
    _ prepared: PreparedRows, _ rows: Range<Int>, panels: Range<Int>, next: PackedWeight? = nil
  ) {
    var (activations, packed) = (prepared.kernelRows, weight.kernelWeight)
    packed.after = next.map { UnsafeRawPointer($0.memory.base) }
    var epilogue = para_epilogue(
      bias: bias, segments: adjustments?.segments.base, segmentOfRow: adjustments?.segmentOfRow,
      inner: adjustments?.inner?.base, innerStride: adjustments?.inner?.columns ?? 0,
      accumulate: accumulates ? 1 : 0)
    weight.kernel(
      &activations, &packed, &epilogue, rows.lowerBound, rows.count, panels.lowerBound,
      panels.count, out.base, out.columns)
  }
}

extension PackedWeight {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<para_activations>?, UnsafePointer<para_packed_weight>?,
      UnsafePointer<para_epilogue>?, Int, Int, Int, Int, UnsafeMutablePointer<Float>?, Int
    ) -> Void

  var kernel: Kernel {
    switch kind {
    case .float32: Kernels.current.productFloat32
    case .widened: Kernels.current.productWidened
    case .bfloat16: Kernels.current.productBfloat16
    case .int8: Kernels.current.productInt8
    }
  }
}
