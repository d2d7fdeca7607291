import ParaTensors

/// One request's rows of a packed batch, side by side: a prompt's tokens, or a request's beams.
package struct PackedSequence {
  package var rows: Range<Int>
  package var adapter: BoundAdapter?

  package init(rows: Range<Int>, adapter: BoundAdapter?) {
    self.rows = rows
    self.adapter = adapter
  }
}

/// The requests of a pass: which rows each has, and what its adapter does.
final class PackedSequences {
  let list: [PackedSequence]
  /// Each row's segment.
  let ofRow: UnsafeMutablePointer<Int32>
  /// False if every row is the bare model's.
  let isAdjusted: Bool
  private let operands: [AdapterOperands?]
  /// PackedSequences side by side that share an adapter.
  private let runs: [Range<Int>]

  /// - Parameter list: In row order, covering every row.
  init(_ list: [PackedSequence], for compute: ComputeType) {
    self.list = list
    ofRow = .allocate(capacity: max(1, list.last?.rows.upperBound ?? 0))
    for (index, sequence) in list.enumerated() {
      (ofRow + sequence.rows.lowerBound).update(repeating: Int32(index), count: sequence.rows.count)
    }
    isAdjusted = list.contains { $0.adapter != nil }
    operands = list.map { $0.adapter?.operands(for: compute) }
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
    for sequence in list {
      if let last = ranges.last, sequence.rows.upperBound - last.lowerBound <= count {
        ranges[ranges.count - 1] = last.lowerBound..<sequence.rows.upperBound
      } else {
        ranges.append(sequence.rows)
      }
    }
    return ranges
  }

  private static func runs(_ list: [PackedSequence]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for index in list.indices {
      guard let adapter = list[index].adapter?.weights else { continue }
      if let last = runs.last, last.upperBound == index,
        list[last.lowerBound].adapter?.weights === adapter
      {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
    return runs
  }

  /// What the adapters do at a projection; nil where none does anything.
  func adjustments(_ projection: Projection, layer: Int) -> EpilogueOperands.Table? {
    guard isAdjusted else { return nil }
    var isIdentity = true
    let table = EpilogueOperands.Table(count: list.count) { index in
      guard let sequence = operands[index]?[projection, layer: layer].epilogue else {
        return .init()
      }
      isIdentity = false
      return sequence
    }
    return isIdentity ? nil : table
  }

  /// For each segment what a projection's input is multiplied by; nil where none does anything.
  func inputScales(_ projection: Projection, layer: Int) -> [UnsafePointer<Float>?]? {
    guard isAdjusted,
      operands.contains(where: { $0?[projection, layer: layer].inputScale != nil })
    else { return nil }
    return operands.map { $0?[projection, layer: layer].inputScale }
  }

  /// Low-rank parts at a projection of a range of rows, in pieces of some rows; rows count from the
  /// range's start.
  func lowRankPieces(_ projection: Projection, layer: Int, in range: Range<Int>) -> [(
    rows: Range<Int>, lowRank: PackedLowRank
  )] {
    var pieces: [(rows: Range<Int>, lowRank: PackedLowRank)] = []
    for run in runs {
      let rows = list[run.lowerBound].rows.lowerBound..<list[run.upperBound - 1].rows.upperBound
      let own = rows.clamped(to: range)
      guard !own.isEmpty,
        let lowRank = operands[run.lowerBound]?[projection, layer: layer].lowRank
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
