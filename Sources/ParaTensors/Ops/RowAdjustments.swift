internal import CParaKernels

/// What the adapters of a batch's rows do at one projection: scale ⊙ (y + bias + inner · upᵀ).
package struct RowAdjustments {
  /// One request's part; without any it is the identity. Vectors are [output features] and, as the
  /// weight, must outlive the pass.
  package struct Segment {
    var kernelSegment = para_segment()
    package var isIdentity: Bool {
      kernelSegment.scale == nil && kernelSegment.bias == nil && kernelSegment.up == nil
    }

    package init() {}

    /// - Parameter up: [output features, rank], fp32 or bf16, a low-rank update's factor included.
    package init(
      scale: UnsafePointer<Float>?, bias: UnsafePointer<Float>?, up: PackedWeight?
    ) {
      kernelSegment = para_segment(
        scale: scale, bias: bias, up: up.map { UnsafeRawPointer($0.memory.base) },
        upGroups: up?.groups ?? 0, upHalf: up?.kind == .widened ? 1 : 0)
    }
  }

  let segments: Table
  /// Each row's segment.
  let segmentOfRow: UnsafePointer<Int32>
  /// A x of every row that has a low-rank part, [rows, greatest rank].
  let inner: Matrix?

  /// - Parameter segmentOfRow: Must outlive the adjustments.
  package init(_ segments: Table, segmentOfRow: UnsafePointer<Int32>, inner: Matrix?) {
    self.segments = segments
    self.segmentOfRow = segmentOfRow
    self.inner = inner
  }

  /// The segments of a pass at one projection.
  package final class Table {
    let base: UnsafeMutablePointer<para_segment>

    package init(count: Int, _ segment: (Int) -> Segment) {
      base = .allocate(capacity: max(1, count))
      for index in 0..<count { (base + index).initialize(to: segment(index).kernelSegment) }
    }

    deinit { base.deallocate() }
  }
}
