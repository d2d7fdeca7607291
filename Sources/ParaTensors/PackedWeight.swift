internal import CParaKernels
import Foundation

/// A weight in the layout and the numbers of one kind of product: panels of 16 output features,
/// 4 bytes of each feature side by side (CParaKernels.h says it exactly).
package struct PackedWeight: Sendable {
  /// Output features.
  package let rows: Int
  /// Numbers of each, the summed index.
  package let columns: Int
  package let precision: Precision
  let memory: MemoryBlock
  /// int8 and int16: a scale for each feature, [panels × 16].
  let scales: FloatBuffer?
  /// int8: 128 · Σ of each feature's numbers, [panels × 16].
  let offsets: MemoryBlock?

  package enum Precision: Sendable {
    case float32
    /// bf16 weights, which fp32 products widen: the same numbers in half the memory.
    case mixed
    case bfloat16
    case int8
    /// Whole numbers of 16 bits, in the place of bf16.
    case int16

    package init(_ format: Weight.Format, _ compute: ComputeType) {
      self =
        switch compute {
        case .float32: format == .bfloat16 ? .mixed : .float32
        case .bfloat16: Kernels.replacesBfloat16ByInt16 ? .int16 : .bfloat16
        case .int8: .int8
        }
    }

    var numbersPerGroup: Int {
      switch self {
      case .float32: 1
      case .mixed, .bfloat16, .int16: 2
      case .int8: 4
      }
    }

    /// Bytes that a feature takes beside its numbers: scale and offset.
    var extraBytes: Int {
      switch self {
      case .float32, .mixed, .bfloat16: 0
      case .int8: 8
      case .int16: 4
      }
    }
  }

  package static let panelFeatures = 16

  /// Bytes of a packed weight, whatever its numbers are.
  package static func byteCount(rows: Int, columns: Int, _ precision: Precision) -> Int {
    let panels = (rows + panelFeatures - 1) / panelFeatures
    let groups = (columns + precision.numbersPerGroup - 1) / precision.numbersPerGroup
    return panels * (groups * 64 + panelFeatures * precision.extraBytes)
  }

  /// Where a panel lies.
  package func address(panel: Int) -> UnsafeRawPointer {
    UnsafeRawPointer(memory.base + panel * groups * 64)
  }

  package var panels: Int { (rows + Self.panelFeatures - 1) / Self.panelFeatures }
  var groups: Int { (columns + precision.numbersPerGroup - 1) / precision.numbersPerGroup }

  /// Packs a weight for a compute type: for fp32 products, bf16 weights stay bf16.
  package init(_ weight: Weight, for compute: ComputeType, parallel: Parallel) {
    self.init(weight, as: Precision(weight.format, compute), parallel: parallel)
  }

  package init(_ weight: Weight, as precision: Precision, parallel: Parallel) {
    rows = weight.rows
    columns = weight.columns
    self.precision = precision
    let panels = (weight.rows + Self.panelFeatures - 1) / Self.panelFeatures
    let groups = (weight.columns + precision.numbersPerGroup - 1) / precision.numbersPerGroup
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
      (panel + 1) * Self.panelFeatures <= rows && columns % precision.numbersPerGroup == 0
    if !isWhole { base.initializeMemory(as: UInt8.self, repeating: 0, count: groups * 64) }
    for lane in 0..<Self.panelFeatures {
      let index = panel * Self.panelFeatures + lane
      if index >= rows {
        offsets?.base.storeBytes(of: 0, toByteOffset: index * 4, as: Int32.self)
        continue
      }
      weight.copyRows(index..<index + 1, into: row)
      switch precision {
      case .float32: para_pack_float32(row, columns, lane, base)
      case .mixed, .bfloat16: para_pack_bfloat16(row, columns, lane, base)
      case .int8:
        var sum: Int32 = 0
        Kernels.current.hadamard(row, columns)
        scales?.base[index] = para_pack_int8(row, columns, lane, base, &sum)
        offsets?.base.storeBytes(of: sum * 128, toByteOffset: index * 4, as: Int32.self)
      case .int16: scales?.base[index] = para_pack_int16(row, columns, lane, base)
      }
    }
  }

  var kernelWeight: para_packed_weight {
    para_packed_weight(
      panels: memory.base, columns: rows, groups: groups, scales: scales?.base,
      offsets: offsets?.base.assumingMemoryBound(to: Int32.self), after: nil)
  }
}
