internal import CKernels

/// What the adapters of a batch's rows do at one projection: scale ⊙ (y + bias + inner · up).
package struct RowAdjustments {
  /// One segment's part; nil is the identity. All vectors are [output features].
  package struct Segment {
    package var scale: UnsafePointer<Float>?
    package var bias: UnsafePointer<Float>?
    /// [rank, output features], the low-rank update's factor included.
    package var up: UnsafePointer<Float>?
    package var rank = 0

    package init() {}
  }

  let segments: Table
  /// Each row's segment.
  let segmentOfRow: UnsafePointer<Int32>
  /// A x of every row that has a low-rank part, [rows, greatest rank].
  let inner: Matrix?

  /// - Parameters:
  ///   - outputs: Output features.
  ///   - segmentOfRow: Must outlive the adjustments.
  package init(
    _ segments: [Segment], outputs: Int, segmentOfRow: UnsafePointer<Int32>, inner: Matrix?
  ) {
    self.segments = Table(segments, outputs: outputs)
    self.segmentOfRow = segmentOfRow
    self.inner = inner
  }

  final class Table {
    let base: UnsafeMutablePointer<para_segment>

    init(_ segments: [Segment], outputs: Int) {
      base = .allocate(capacity: max(1, segments.count))
      for (index, segment) in segments.enumerated() {
        (base + index).initialize(
          to: para_segment(
            scale: segment.scale, bias: segment.bias, up: segment.up, upStride: outputs,
            rank: segment.rank))
      }
    }

    deinit { base.deallocate() }
  }
}
