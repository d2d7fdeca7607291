import Adapters
import Tensors

/// The requests of a pass: which rows each has, and what its adapter does.
final class Segments {
  let list: [RowSegment]
  let rowCount: Int
  /// Each row's segment.
  let ofRow: UnsafeMutablePointer<Int32>
  /// False if every row is the bare model's.
  let isAdjusted: Bool
  private let packed: [PackedAdapter?]
  /// Rows side by side that share an adapter with low-rank parts.
  private let lowRankRuns: [(rows: Range<Int>, adapter: PackedAdapter)]

  /// - Parameter list: In row order, covering every row.
  init(_ list: [RowSegment], for compute: ComputeType) {
    self.list = list
    rowCount = list.last?.rows.upperBound ?? 0
    ofRow = .allocate(capacity: max(1, rowCount))
    for (index, segment) in list.enumerated() {
      (ofRow + segment.rows.lowerBound).update(repeating: Int32(index), count: segment.rows.count)
    }
    isAdjusted = list.contains { $0.adjustments != nil }
    packed = list.map { $0.adjustments?.packed(for: compute) }
    lowRankRuns = Self.runs(list, packed)
  }

  deinit { ofRow.deallocate() }

  private static func runs(_ list: [RowSegment], _ packed: [PackedAdapter?]) -> [(
    rows: Range<Int>, adapter: PackedAdapter
  )] {
    var runs: [(rows: Range<Int>, adapter: PackedAdapter)] = []
    var last: Adapter?
    for (segment, packed) in zip(list, packed) {
      let adapter = segment.adjustments?.adapter
      defer { last = adapter }
      guard let packed else { continue }
      if adapter === last, let end = runs.indices.last {
        runs[end].rows = runs[end].rows.lowerBound..<segment.rows.upperBound
      } else {
        runs.append((segment.rows, packed))
      }
    }
    return runs
  }

  /// What the adapters do at a projection; nil where none does anything.
  func adjustments(_ site: Site, layer: Int) -> [RowAdjustments.Segment]? {
    guard isAdjusted else { return nil }
    var isIdentity = true
    let parts = list.indices.map { index in
      var part = RowAdjustments.Segment()
      guard let adjustments = list[index].adjustments else { return part }
      part.scale = adjustments.scale(site, layer: layer)
      part.bias = adjustments.bias(site, layer: layer)
      if let lowRank = packed[index]?.lowRank(site, layer: layer) {
        part.up = UnsafePointer(lowRank.up.base)
        part.rank = lowRank.rank
      }
      if part.scale != nil || part.bias != nil || part.rank > 0 { isIdentity = false }
      return part
    }
    return isIdentity ? nil : parts
  }

  /// For each segment what a projection's input is multiplied by; nil where none does anything.
  func inputScales(_ site: Site, layer: Int) -> [UnsafePointer<Float>?]? {
    guard isAdjusted else { return nil }
    let scales = list.map { $0.adjustments?.inputScale(site, layer: layer) }
    return scales.contains { $0 != nil } ? scales : nil
  }

  /// Low-rank parts at a projection of a range of rows, in pieces of some rows; rows count from the
  /// range's start.
  func lowRankPieces(_ site: Site, layer: Int, in range: Range<Int>) -> [(
    rows: Range<Int>, lowRank: PackedAdapter.LowRank
  )] {
    lowRankRuns.flatMap { run -> [(rows: Range<Int>, lowRank: PackedAdapter.LowRank)] in
      let own = run.rows.clamped(to: range)
      guard !own.isEmpty, let lowRank = run.adapter.lowRank(site, layer: layer) else { return [] }
      return stride(from: own.lowerBound, to: own.upperBound, by: Self.pieceRows).map { first in
        let end = min(first + Self.pieceRows, own.upperBound)
        return (first - range.lowerBound..<end - range.lowerBound, lowRank)
      }
    }
  }

  private static let pieceRows = 64
}
