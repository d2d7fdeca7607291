internal import CParaKernels

/// What the adapters of a batch's rows do at one projection: scale ⊙ (y + bias + inner · upᵀ).
package struct EpilogueOperands {
  /// One request's part; without any it is the identity. Vectors are [output features] and, as the
  /// weight, must outlive the pass.
  package struct Entry {
    var kernelEntry = para_epilogue_entry()
    package var isIdentity: Bool {
      kernelEntry.scale == nil && kernelEntry.bias == nil && kernelEntry.up == nil
    }

    package init() {}

    /// - Parameter up: [output features, rank], fp32 or bf16, a low-rank update's factor included.
    package init(
      scale: UnsafePointer<Float>?, bias: UnsafePointer<Float>?, up: PackedWeight?
    ) {
      kernelEntry = para_epilogue_entry(
        scale: scale, bias: bias, up: up.map { UnsafeRawPointer($0.memory.base) },
        upGroups: up?.groups ?? 0, upIsBfloat16: up?.precision == .mixed ? 1 : 0)
    }
  }

  let entries: Table
  /// Each row's segment.
  let entryOfRow: UnsafePointer<Int32>
  /// A x of every row that has a low-rank part, [rows, greatest rank].
  let inner: Matrix?

  /// - Parameter entryOfRow: Must outlive the adjustments.
  package init(_ entries: Table, entryOfRow: UnsafePointer<Int32>, inner: Matrix?) {
    self.entries = entries
    self.entryOfRow = entryOfRow
    self.inner = inner
  }

  /// The segments of a pass at one projection.
  package final class Table {
    let base: UnsafeMutablePointer<para_epilogue_entry>

    package init(count: Int, _ entry: (Int) -> Entry) {
      base = .allocate(capacity: max(1, count))
      for index in 0..<count { (base + index).initialize(to: entry(index).kernelEntry) }
    }

    deinit { base.deallocate() }
  }
}
