internal import CParaKernels

/// A linear layer with its epilogue: y = scale ⊙ (x · Wᵀ + bias + adapter bias + A x · Bᵀ), or that
/// added to y.
package struct Linear {
  /// x [tokens, inputs]
  package let rows: QuantizedActivations
  /// W [outputs, inputs]
  package let weight: PackedWeight
  /// The weight's panels to multiply with.
  package var panels: Range<Int>
  /// y [tokens, output features of the panels]
  package var out: Matrix
  /// The model's own bias, [outputs].
  package var bias: UnsafePointer<Float>?
  /// The operands of the tokens' adapters.
  package var adjustments: EpilogueOperands?
  /// True to add to what `out` holds.
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

  /// Panels that one thread takes at a time: those of the widest tile of any instruction set.
  private static let tilePanels = 3
  /// Multiply-adds that are worth another thread.
  private static let grain = 1 << 16

  /// Runs several layers over the same number of tokens; threads share their output features.
  package static func apply(_ layers: [Linear], parallel: Parallel) {
    guard let rows = layers.first?.rows, rows.rows > 0 else { return }
    for layer in layers { layer.check() }
    let tiles = layers.map { ($0.panels.count + tilePanels - 1) / tilePanels }
    let cost = max(1, rows.rows * rows.columns * tilePanels * PackedWeight.panelFeatures)
    parallel.ranges(tiles.reduce(0, +), grain: max(1, grain / cost)) { range in
      var first = 0
      for (index, (layer, count)) in zip(layers, tiles).enumerated() {
        let own = range.clamped(to: first..<first + count)
        if !own.isEmpty {
          let start = layer.panels.lowerBound + (own.lowerBound - first) * tilePanels
          let end = min(start + own.count * tilePanels, layer.panels.upperBound)
          let next = index + 1 < layers.count ? layers[index + 1].firstPanel : nil
          layer.run(
            panels: start..<end,
            next: end < layer.panels.upperBound ? layer.weight.address(panel: end) : next)
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

  /// Runs a range of tokens and of panels on the calling thread.
  ///
  /// - Parameter next: The panel that is read afterwards, to prefetch it.
  package func run(
    rows range: Range<Int>? = nil, panels: Range<Int>? = nil, next: UnsafeRawPointer? = nil
  ) {
    let (range, panels) = (range ?? 0..<rows.rows, panels ?? self.panels)
    var (activations, packed) = (rows.kernelActivations, weight.kernelWeight)
    packed.next = next
    var epilogue = para_epilogue(
      bias: bias, entries: adjustments?.entries.base, entryOfToken: adjustments?.entryOfRow,
      loraAx: adjustments?.inner?.base, loraAxStride: adjustments?.inner?.columns ?? 0,
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
    case .float32: Kernels.current.linearFloat32
    case .mixed: Kernels.current.linearMixed
    case .bfloat16: Kernels.current.linearBfloat16
    case .int8: Kernels.current.linearInt8
    case .int16: Kernels.current.linearInt16
    }
  }
}

/// The operands of a batch's adapters at one projection: y' = scale ⊙ (y + bias + A x · Bᵀ).
package struct EpilogueOperands {
  /// The operands of one adapter; without any it is the identity. Vectors are [outputs]; they and `up`
  /// must outlive the forward pass.
  package struct Entry {
    var kernelEntry = para_epilogue_entry()
    package var isIdentity: Bool {
      kernelEntry.scale == nil && kernelEntry.bias == nil && kernelEntry.loraB == nil
    }

    package init() {}

    /// - Parameter loraB: LoRA B, times the update's factor: [outputs, rank] in fp32 or bf16.
    package init(
      scale: UnsafePointer<Float>?, bias: UnsafePointer<Float>?, loraB: PackedWeight?
    ) {
      kernelEntry = para_epilogue_entry(
        scale: scale, bias: bias, loraB: loraB.map { UnsafeRawPointer($0.memory.base) },
        loraBGroups: loraB?.groups ?? 0, loraBIsBfloat16: loraB?.precision == .mixed ? 1 : 0)
    }
  }

  let entries: Table
  /// [tokens]: each token's entry.
  let entryOfRow: UnsafePointer<Int32>
  /// LoRA A · x of every token whose adapter has a low-rank update, [tokens, greatest rank].
  let inner: Matrix?

  /// - Parameter entryOfRow: [tokens]; must outlive the operands.
  package init(_ entries: Table, entryOfRow: UnsafePointer<Int32>, inner: Matrix?) {
    self.entries = entries
    self.entryOfRow = entryOfRow
    self.inner = inner
  }

  /// The entries of a batch at one projection.
  package final class Table {
    let base: UnsafeMutablePointer<para_epilogue_entry>

    package init(count: Int, _ entry: (Int) -> Entry) {
      base = .allocate(capacity: max(1, count))
      for index in 0..<count { (base + index).initialize(to: entry(index).kernelEntry) }
    }

    deinit { base.deallocate() }
  }
}
