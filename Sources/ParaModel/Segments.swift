import ParaAdapters
import ParaTensors

/// The requests of a pass: which rows each has, and what its adapter does.
final class Segments {
  let list: [RowSegment]
  /// Each row's segment.
  let ofRow: UnsafeMutablePointer<Int32>
  /// False if every row is the bare model's.
  let isAdjusted: Bool
  private let parts: [RequestParts?]
  /// Segments side by side that share an adapter.
  private let runs: [Range<Int>]

  /// - Parameter list: In row order, covering every row.
  init(_ list: [RowSegment], for compute: ComputeType) {
    self.list = list
    ofRow = .allocate(capacity: max(1, list.last?.rows.upperBound ?? 0))
    for (index, segment) in list.enumerated() {
      (ofRow + segment.rows.lowerBound).update(repeating: Int32(index), count: segment.rows.count)
    }
    isAdjusted = list.contains { $0.adjustments != nil }
    parts = list.map { $0.adjustments?.parts(for: compute) }
    runs = Self.runs(list)
  }

  deinit { ofRow.deallocate() }

  /// The segments that have rows in a range, which is not empty.
  func overlapping(_ rows: Range<Int>) -> Range<Int> {
    Int(ofRow[rows.lowerBound])..<Int(ofRow[rows.upperBound - 1]) + 1
  }

  /// The rows cut between segments, into ranges of some rows or one longer segment.
  func wholeSegments(upTo count: Int) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    for segment in list {
      if let last = ranges.last, segment.rows.upperBound - last.lowerBound <= count {
        ranges[ranges.count - 1] = last.lowerBound..<segment.rows.upperBound
      } else {
        ranges.append(segment.rows)
      }
    }
    return ranges
  }

  private static func runs(_ list: [RowSegment]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for index in list.indices {
      guard let adapter = list[index].adjustments?.adapter else { continue }
      if let last = runs.last, last.upperBound == index,
        list[last.lowerBound].adjustments?.adapter === adapter
      {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
    return runs
  }

  /// What the adapters do at a projection; nil where none does anything.
  func adjustments(_ site: Site, layer: Int) -> RowAdjustments.Table? {
    guard isAdjusted else { return nil }
    var isIdentity = true
    let table = RowAdjustments.Table(count: list.count) { index in
      guard let segment = parts[index]?.part(site, layer: layer).segment else { return .init() }
      isIdentity = false
      return segment
    }
    return isIdentity ? nil : table
  }

  /// For each segment what a projection's input is multiplied by; nil where none does anything.
  func inputScales(_ site: Site, layer: Int) -> [UnsafePointer<Float>?]? {
    guard isAdjusted,
      parts.contains(where: { $0?.part(site, layer: layer).inputScale != nil })
    else { return nil }
    return parts.map { $0?.part(site, layer: layer).inputScale }
  }

  /// Low-rank parts at a projection of a range of rows, in pieces of some rows; rows count from the
  /// range's start.
  func lowRankPieces(_ site: Site, layer: Int, in range: Range<Int>) -> [(
    rows: Range<Int>, lowRank: PackedAdapter.LowRank
  )] {
    var pieces: [(rows: Range<Int>, lowRank: PackedAdapter.LowRank)] = []
    for run in runs {
      let rows = list[run.lowerBound].rows.lowerBound..<list[run.upperBound - 1].rows.upperBound
      let own = rows.clamped(to: range)
      guard !own.isEmpty,
        let lowRank = parts[run.lowerBound]?.part(site, layer: layer).lowRank
      else { continue }
      for first in stride(from: own.lowerBound, to: own.upperBound, by: Self.pieceRows) {
        let end = min(first + Self.pieceRows, own.upperBound)
        pieces.append((first - range.lowerBound..<end - range.lowerBound, lowRank))
      }
    }
    return pieces
  }

  private static let pieceRows = 64
}
