import ParaTensors

/// The sequences of a packed batch, one a request: which rows each has, and what its adapter does.
final class PackedSequences {
  struct Sequence {
    /// A prompt's tokens, or a request's lanes.
    let rows: Range<Int>
    let adapter: BoundAdapter?
  }

  let list: [Sequence]
  /// Each row's sequence.
  let ofRow: UnsafeMutablePointer<Int32>
  private let operands: [AdapterOperands?]
  /// False if no sequence has an adapter.
  private let isAdapted: Bool
  /// Sequences side by side that share an adapter.
  private let adapterRuns: [Range<Int>]

  /// - Parameters:
  ///   - counts: Each sequence's rows, at least one; they lie side by side in this order.
  ///   - adapters: Each sequence's adapter.
  init(counts: [Int], adapters: [BoundAdapter?], for compute: ComputeType) {
    var first = 0
    list = zip(counts, adapters).map { count, adapter in
      defer { first += count }
      return Sequence(rows: first..<first + count, adapter: adapter)
    }
    ofRow = .allocate(capacity: max(1, first))
    for (index, sequence) in list.enumerated() {
      (ofRow + sequence.rows.lowerBound)
        .update(repeating: Int32(index), count: sequence.rows.count)
    }
    isAdapted = adapters.contains { $0 != nil }
    operands = adapters.map { $0?.operands(for: compute) }
    adapterRuns = Self.runs(adapters)
  }

  deinit { ofRow.deallocate() }

  var rows: Int { list.last?.rows.upperBound ?? 0 }

  private static func runs(_ adapters: [BoundAdapter?]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for (index, adapter) in adapters.enumerated() {
      guard let adapter else { continue }
      if let last = runs.last, last.upperBound == index,
        adapters[last.lowerBound]?.weights === adapter.weights
      {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
    return runs
  }

  // MARK: Blocks

  /// The sequences that have rows in a range, which is not empty.
  func overlapping(_ rows: Range<Int>) -> Range<Int> {
    Int(ofRow[rows.lowerBound])..<Int(ofRow[rows.upperBound - 1]) + 1
  }

  /// The rows cut between sequences, into ranges of at most `count` rows or one longer sequence.
  func wholeSequences(upTo count: Int) -> [Range<Int>] {
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

  // MARK: Adapters

  /// Makes each prompt's vectors of a layer, where its adapter has a generator. All of a prompt's
  /// states are known here, before any row of the layer is scaled.
  ///
  /// - Parameter hidden: The states that enter the layer, before its input norm, [rows, hidden].
  func generateVectors(layer: Int, _ hidden: Matrix, _ parallel: Parallel) {
    guard isAdapted else { return }
    parallel.ranges(list.count, grain: 1) { range in
      for sequence in list[range] {
        sequence.adapter?.generateVectors(layer: layer, from: hidden.rows(sequence.rows))
      }
    }
  }

  /// What the adapters do in a projection's epilogue; nil where none does anything.
  func epilogues(_ projection: Projection, layer: Int) -> EpilogueOperands.Table? {
    guard isAdapted else { return nil }
    var isIdentity = true
    let table = EpilogueOperands.Table(count: list.count) { index in
      guard let epilogue = operands[index]?[projection, layer: layer].epilogue else {
        return .init()
      }
      isIdentity = false
      return epilogue
    }
    return isIdentity ? nil : table
  }

  /// For each sequence what a projection's input is multiplied by; nil where none does anything.
  func inputScales(_ projection: Projection, layer: Int) -> [UnsafePointer<Float>?]? {
    guard isAdapted,
      operands.contains(where: { $0?[projection, layer: layer].inputScale != nil })
    else { return nil }
    return operands.map { $0?[projection, layer: layer].inputScale }
  }

  /// Rows whose A x is one product.
  static let lowRankRows = 64

  /// The low-rank updates at a projection of a range of rows, an adapter's rows in groups; rows
  /// count from the range's start.
  func lowRankGroups(
    _ projection: Projection, layer: Int, in range: Range<Int>
  ) -> [(rows: Range<Int>, lowRank: PackedLowRank)] {
    var groups: [(rows: Range<Int>, lowRank: PackedLowRank)] = []
    for run in adapterRuns {
      let rows = list[run.lowerBound].rows.lowerBound..<list[run.upperBound - 1].rows.upperBound
      let own = rows.clamped(to: range)
      guard !own.isEmpty,
        let lowRank = operands[run.lowerBound]?[projection, layer: layer].lowRank
      else { continue }
      for first in stride(from: own.lowerBound, to: own.upperBound, by: Self.lowRankRows) {
        let end = min(first + Self.lowRankRows, own.upperBound)
        groups.append((first - range.lowerBound..<end - range.lowerBound, lowRank))
      }
    }
    return groups
  }
}
