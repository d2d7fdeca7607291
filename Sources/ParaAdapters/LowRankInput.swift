package import ParaTensors

/// The first half of a low-rank update, A [rank, inputSize], as products read it.
///
/// A panel has 16 features, most ranks are 8. Where a rank is no larger, the panel is folded: its
/// features from 0 on meet the first half of the inputs, those from 8 on the second, and the inner
/// products are sums of both. So no byte that comes from memory is filling.
package struct LowRankInput: Sendable {
  private let rank: Int
  private let weight: PackedWeight
  private let isFolded: Bool

  private static let foldedRank = PackedWeight.panelRows / 2

  init(_ weight: Weight, for compute: ComputeType) {
    rank = weight.rows
    let half = weight.columns / 2
    // int8 rows are mixed so many at a time, which have to be of one half.
    let unit = compute == .int8 ? PreparedRows.mixedColumns : 4
    isFolded = rank <= Self.foldedRank && weight.columns % (2 * unit) == 0
    let kind = PackedWeight.Kind(weight.format, compute)
    let one = Parallel(threads: 1)
    guard isFolded else {
      self.weight = PackedWeight(weight, as: kind, parallel: one)
      return
    }
    let folded = FloatBuffer(repeating: 0, count: 2 * Self.foldedRank * half)
    let row = FloatBuffer(count: weight.columns)
    for index in 0..<rank {
      weight.copyRows(index..<index + 1, into: row.base)
      for part in 0..<2 {
        (folded.base + (part * Self.foldedRank + index) * half)
          .update(from: row.base + part * half, count: half)
      }
    }
    self.weight = PackedWeight(
      Weight(folded, rows: 2 * Self.foldedRank, columns: half), as: kind, parallel: one)
  }

  /// Numbers of a row of `multiply`'s results and what it needs beside them.
  package var columns: Int {
    isFolded ? 2 * PackedWeight.panelRows : CacheFormat.wholePanels(rank)
  }

  /// A x of some rows, into the first `rank` numbers of each row of `out`. An odd rank's next number,
  /// which meets a weight of 0, is 0.
  ///
  /// - Parameters:
  ///   - out: At least `columns` numbers a row, of which the others are lost.
  ///   - next: What is multiplied next, to call it into the cache.
  package func multiply(
    _ states: PreparedRows, rows: Range<Int>, into out: Matrix, next: LowRankInput?
  ) {
    let next = next?.weight.address(panel: 0)
    if isFolded {
      let (half, panel) = (weight.columns, PackedWeight.panelRows)
      Product(states.columns(0..<half), weight, into: out).run(rows: rows)
      Product(states.columns(half..<2 * half), weight, into: out.from(column: panel))
        .run(rows: rows, next: next)
      for row in rows {
        let numbers = out.row(row)
        for index in 0..<rank { numbers[index] += numbers[panel + Self.foldedRank + index] }
      }
    } else {
      Product(states, weight, into: out).run(rows: rows, next: next)
    }
    if rank % 2 == 1 { for row in rows { out.row(row)[rank] = 0 } }
  }
}
