import ParaTensors

/// A low-rank update in the layouts of the kernels: A for the GEMM of x, B for the projection's
/// epilogue.
struct PackedLowRank: Sendable {
  let a: PackedLowRankInput
  let b: PackedWeight  // B · factor: [outputSize, rank]

  /// B is applied in fp32; its weights are bf16 unless the model computes in fp32.
  init(_ update: LowRankUpdate, for compute: ComputeType) {
    a = PackedLowRankInput(update.a, for: compute)
    b = PackedWeight(
      update.b.scaled(by: update.factor), as: compute == .float32 ? .float32 : .mixed,
      parallel: Parallel(threads: 1))
  }
}

/// The packed LoRA A, [rank, inputSize].
///
/// A weight panel has 16 output features, but most ranks are at most 8. Such an A is folded so that
/// no memory bandwidth goes to padding: features 0 to 7 of a panel hold A's first half of columns,
/// features 8 to 15 its second half, and A x is the sum of both products.
struct PackedLowRankInput: Sendable {
  private let rank: Int
  private let weight: PackedWeight
  private let isFolded: Bool

  private static let foldedRank = PackedWeight.panelFeatures / 2

  init(_ a: Weight, for compute: ComputeType) {
    rank = a.rows
    let half = a.columns / 2
    // A Hadamard rotation block of int8 operands must lie in one half.
    let unit = compute == .int8 ? QuantizedActivations.rotationBlock : 4
    isFolded = rank <= Self.foldedRank && a.columns % (2 * unit) == 0
    weight = PackedWeight(
      isFolded ? Self.folded(a, half: half) : a, as: PackedWeight.Precision(a.format, compute),
      parallel: Parallel(threads: 1))
  }

  /// A's halves of columns one below the other, each padded to `foldedRank` rows: [16, half].
  private static func folded(_ a: Weight, half: Int) -> Weight {
    let folded = FloatBuffer(repeating: 0, count: 2 * foldedRank * half)
    let row = FloatBuffer(count: a.columns)
    for index in 0..<a.rows {
      a.copyRows(index..<index + 1, into: row.base)
      for part in 0..<2 {
        (folded.base + (part * foldedRank + index) * half)
          .update(from: row.base + part * half, count: half)
      }
    }
    return Weight(folded, rows: 2 * foldedRank, columns: half)
  }

  /// Columns of `multiply`'s output matrix: the rank and scratch.
  var columns: Int {
    isFolded ? 2 * PackedWeight.panelFeatures : KVCacheType.paddedToPanels(rank)
  }

  /// out[row, 0..<rank] = A x. For an odd rank the next column is 0 (the epilogue reads pairs).
  ///
  /// - Parameters:
  ///   - states: x, [all rows, inputSize].
  ///   - rows: The rows to multiply.
  ///   - out: [all rows, at least `columns`]; columns after the rank are overwritten.
  ///   - next: The A that is multiplied next, to be prefetched.
  func multiply(
    _ states: QuantizedActivations, rows: Range<Int>, into out: Matrix, next: PackedLowRankInput?
  ) {
    let next = next?.weight.address(panel: 0)
    if isFolded {
      let (half, panel) = (weight.columns, PackedWeight.panelFeatures)
      Linear(states.columns(0..<half), weight, into: out).run(rows: rows)
      Linear(states.columns(half..<2 * half), weight, into: out.from(column: panel))
        .run(rows: rows, next: next)
      for row in rows {
        let sums = out.row(row)
        for index in 0..<rank { sums[index] += sums[panel + Self.foldedRank + index] }
      }
    } else {
      Linear(states, weight, into: out).run(rows: rows, next: next)
    }
    if rank % 2 == 1 { for row in rows { out.row(row)[rank] = 0 } }
  }
}
