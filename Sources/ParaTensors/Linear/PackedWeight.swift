internal import CParaKernels
import Foundation

/// A weight [outputs, inputs] packed for a linear layer: panels of 16 output features, in groups of
/// 4 bytes of each feature (CParaKernels.h has the layout).
package struct PackedWeight: Sendable {
  /// Output features.
  package let rows: Int
  /// Inputs.
  package let columns: Int
  package let precision: Precision
  let memory: MemoryBlock
  /// int8 and int16: a scale per output feature, [panels × 16].
  let scales: FloatBuffer?
  /// int8: 128 · Σ of each output feature's quantized weights, [panels × 16].
  let offsets: MemoryBlock?

  /// The data types of activations and weights that a linear layer multiplies.
  package enum Precision: Sendable {
    case float32
    /// Mixed precision: bf16 weights, fp32 activations. The values of fp32 in half the memory.
    case mixed
    case bfloat16
    case int8
    /// In the place of bf16 where that is faster.
    case int16

    package init(_ format: Weight.Format, _ compute: ComputeType) {
      self =
        switch compute {
        case .float32: format == .bfloat16 ? .mixed : .float32
        case .bfloat16: Kernels.replacesBfloat16ByInt16 ? .int16 : .bfloat16
        case .int8: .int8
        }
    }

    var elementsPerGroup: Int {
      switch self {
      case .float32: 1
      case .mixed, .bfloat16, .int16: 2
      case .int8: 4
      }
    }

    /// Bytes of an output feature's scale and offset.
    var extraBytes: Int {
      switch self {
      case .float32, .mixed, .bfloat16: 0
      case .int8: 8
      case .int16: 4
      }
    }
  }

  package static let panelFeatures = 16

  /// Bytes of a packed weight.
  package static func byteCount(rows: Int, columns: Int, _ precision: Precision) -> Int {
    let panels = (rows + panelFeatures - 1) / panelFeatures
    let groups = (columns + precision.elementsPerGroup - 1) / precision.elementsPerGroup
    return panels * (groups * 64 + panelFeatures * precision.extraBytes)
  }

  /// The address of a panel.
  package func address(panel: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(memory.base + panel * groups * 64)
  }

  package var panels: Int { (rows + Self.panelFeatures - 1) / Self.panelFeatures }
  var groups: Int { (columns + precision.elementsPerGroup - 1) / precision.elementsPerGroup }

  /// Packs a weight for a compute type; for float32, bf16 weights stay bf16.
  package init(_ weight: Weight, for compute: ComputeType, parallel: Parallel) {
    self.init(weight, as: Precision(weight.format, compute), parallel: parallel)
  }

  package init(_ weight: Weight, as precision: Precision, parallel: Parallel) {
    rows = weight.rows
    columns = weight.columns
    self.precision = precision
    let panels = (weight.rows + Self.panelFeatures - 1) / Self.panelFeatures
    let groups = (weight.columns + precision.elementsPerGroup - 1) / precision.elementsPerGroup
    memory = MemoryBlock(byteCount: panels * groups * 64)
    scales =
      precision.extraBytes > 0 ? FloatBuffer(repeating: 1, count: panels * Self.panelFeatures) : nil
    offsets = precision == .int8 ? MemoryBlock(byteCount: panels * Self.panelFeatures * 4) : nil
    let grain = max(1, (1 << 18) / max(1, weight.columns * Self.panelFeatures))
    parallel.ranges(panels, grain: grain) { panels in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, weight.columns)) { row in
        guard let row = row.baseAddress else { return }
        for panel in panels { pack(weight, panel: panel, row) }
      }
    }
  }

  private func pack(_ weight: Weight, panel: Int, _ row: UnsafeMutablePointer<Float>) {
    let base = memory.base + panel * groups * 64
    let isWhole =
      (panel + 1) * Self.panelFeatures <= rows && columns % precision.elementsPerGroup == 0
    if !isWhole { base.initializeMemory(as: UInt8.self, repeating: 0, count: groups * 64) }
    for feature in 0..<Self.panelFeatures {
      let index = panel * Self.panelFeatures + feature
      if index >= rows {
        offsets?.base.storeBytes(of: 0, toByteOffset: index * 4, as: Int32.self)
        continue
      }
      weight.copyRows(index..<index + 1, into: row)
      switch precision {
      case .float32: para_pack_float32(row, columns, feature, base)
      case .mixed, .bfloat16: para_pack_bfloat16(row, columns, feature, base)
      case .int8:
        var sum: Int32 = 0
        Kernels.current.rotateHadamard(row, columns)
        scales?.base[index] = para_pack_int8(row, columns, feature, base, &sum)
        offsets?.base.storeBytes(of: sum * 128, toByteOffset: index * 4, as: Int32.self)
      case .int16: scales?.base[index] = para_pack_int16(row, columns, feature, base)
      }
    }
  }

  var kernelWeight: para_packed_weight {
    para_packed_weight(
      panels: memory.base, outputs: rows, groups: groups, scales: scales?.base,
      offsets: offsets?.base.assumingMemoryBound(to: Int32.self), next: nil)
  }
}
