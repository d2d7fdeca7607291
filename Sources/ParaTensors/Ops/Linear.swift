internal import CParaKernels

/// y = scale ⊙ (x · Wᵀ + bias + row bias + inner · upᵀ), or added to y: a projection with all that
/// follows it.
package struct Linear {
  package let rows: QuantizedActivations
  package let weight: PackedWeight
  /// Panels of the weight that are multiplied.
  package var panels: Range<Int>
  /// [rows, the panels' features]
  package var out: Matrix
  /// The model's own bias, [weight.rows].
  package var bias: UnsafePointer<Float>?
  /// What the rows' adapters do.
  package var adjustments: EpilogueOperands?
  /// True if the product is added to what `out` holds.
  package var accumulates = false

  package init(
    _ rows: QuantizedActivations, _ weight: PackedWeight, panels: Range<Int>? = nil,
    into out: Matrix,
    bias: UnsafePointer<Float>? = nil, adjustments: EpilogueOperands? = nil,
    accumulates: Bool = false
  ) {
    self.rows = rows
    self.weight = weight
    self.panels = panels ?? 0..<weight.panels
    self.out = out
    self.bias = bias
    self.adjustments = adjustments
    self.accumulates = accumulates
  }

  /// Panels that one thread takes at a time: what the widest tile of any instruction set takes.
  private static let tilePanels = 3
  /// Multiply-adds below which another thread does not pay.
  private static let grain = 1 << 16

  /// Runs several products of equally many rows, their output features shared between the threads.
  package static func apply(_ products: [Linear], parallel: Parallel) {
    guard let rows = products.first?.rows, rows.rows > 0 else { return }
    for product in products { product.check() }
    let tiles = products.map { ($0.panels.count + tilePanels - 1) / tilePanels }
    let cost = max(1, rows.rows * rows.columns * tilePanels * PackedWeight.panelFeatures)
    parallel.ranges(tiles.reduce(0, +), grain: max(1, grain / cost)) { range in
      var first = 0
      for (index, (product, count)) in zip(products, tiles).enumerated() {
        let own = range.clamped(to: first..<first + count)
        if !own.isEmpty {
          let start = product.panels.lowerBound + (own.lowerBound - first) * tilePanels
          let end = min(start + own.count * tilePanels, product.panels.upperBound)
          let next = index + 1 < products.count ? products[index + 1].firstPanel : nil
          product.run(
            panels: start..<end,
            next: end < product.panels.upperBound ? product.weight.address(panel: end) : next)
        }
        first += count
      }
    }
  }

  private func check() {
    let features = min(panels.upperBound * PackedWeight.panelFeatures, weight.rows)
    precondition(panels.upperBound <= weight.panels && features - firstFeature <= out.columns)
    precondition(rows.columns == weight.columns && rows.rows <= out.rows)
  }

  private var firstPanel: UnsafeRawPointer { weight.address(panel: panels.lowerBound) }
  private var firstFeature: Int { panels.lowerBound * PackedWeight.panelFeatures }

  /// The product of some of the rows and some of the panels, on the calling thread.
  ///
  /// - Parameter next: The panel that is read after these, to call it into the cache. A thread's
  ///   parts lie side by side, so that it is most often the next.
  package func run(
    rows range: Range<Int>? = nil, panels: Range<Int>? = nil, next: UnsafeRawPointer? = nil
  ) {
    let (range, panels) = (range ?? 0..<rows.rows, panels ?? self.panels)
    var (activations, packed) = (rows.kernelRows, weight.kernelWeight)
    packed.after = next
    var epilogue = para_epilogue(
      bias: bias, entries: adjustments?.entries.base, entryOfRow: adjustments?.entryOfRow,
      inner: adjustments?.inner?.base, innerStride: adjustments?.inner?.columns ?? 0,
      accumulate: accumulates ? 1 : 0)
    weight.kernel(
      &activations, &packed, &epilogue, range.lowerBound, range.count, panels.lowerBound,
      panels.count, out.base - firstFeature, out.columns)
  }
}

extension PackedWeight {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<para_activations>?, UnsafePointer<para_packed_weight>?,
      UnsafePointer<para_epilogue>?, Int, Int, Int, Int, UnsafeMutablePointer<Float>?, Int
    ) -> Void

  var kernel: Kernel {
    switch precision {
    case .float32: Kernels.current.productFloat32
    case .mixed: Kernels.current.productWidened
    case .bfloat16: Kernels.current.productBfloat16
    case .int8: Kernels.current.productInt8
    case .int16: Kernels.current.productInt16
    }
  }
}
