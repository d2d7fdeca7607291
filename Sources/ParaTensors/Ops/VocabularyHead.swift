internal import CParaKernels
import Foundation

/// The product of states with the vocabulary, reduced as it is made: of each row stay the sum of its
/// exponentials, the best tokens and the logits that were asked for. The rows × vocabulary matrix is
/// never written.
///
/// The vocabulary is cut into the same parts whatever the rows and threads are, so a row's results
/// do not depend on them. Batches that are here at the same time read it together: each thread does
/// its part for all of them.
package struct VocabularyHead: Sendable {
  /// What is wanted of one row.
  package struct Query: Sendable {
    /// How many of the best tokens.
    package var count: Int
    /// Tokens whose logits are given apart and which do not rank, distinct and rising.
    package var apart: [Int32]

    package init(count: Int, apart: [Int32] = []) {
      self.count = count
      self.apart = apart
    }
  }

  package struct Answer: Sendable {
    /// log Σ exp(logits) over the whole vocabulary.
    package var logSumExp: Float
    /// By falling logit, ties by rising token; NaN never ranks.
    package var best: [(token: Int32, logit: Float)]
    /// The logits of `Query.apart`.
    package var apart: [Float]

    /// The logit of a token that the query wanted apart.
    package func logit(_ token: Int32, _ query: Query) -> Float? {
      query.apart.firstIndex(of: token).map { apart[$0] }
    }
  }

  package let weight: PackedWeight  // [vocabulary, hidden]
  /// Bounds the logits as cap · tanh(logit / cap); infinite for none.
  package let cap: Float
  private let scan: CircularScan

  package init(weight: PackedWeight, cap: Float) {
    self.weight = weight
    self.cap = cap
    scan = CircularScan(parts: Self.parts(vocabulary: weight.rows))
  }

  /// Panels of one part of the vocabulary: 384 tokens, whose logits of some hundred rows stay in the
  /// cache.
  static let partPanels = 24
  static let partSize = partPanels * PackedWeight.panelFeatures
  /// Rows whose logits of a part are made at a time.
  private static let pieceRows = 64
  private var parts: Int { Self.parts(vocabulary: weight.rows) }
  private static func parts(vocabulary: Int) -> Int { (vocabulary + partSize - 1) / partSize }

  /// fp32 numbers of scratch that `answers` needs.
  package static func scratchCount(rows: Int, vocabulary: Int, threads: Int) -> Int {
    2 * rows * parts(vocabulary: vocabulary) + threads * pieceRows * partSize
  }

  /// The whole logits of some of the rows, [range.count, vocabulary].
  package func logits(
    _ rows: QuantizedActivations, _ range: Range<Int>, into out: Matrix, parallel: Parallel
  ) {
    precondition(out.rows >= range.count && out.columns == weight.rows)
    // The product writes rows at their own place.
    let shifted = Matrix(
      base: out.base - range.lowerBound * out.columns, rows: rows.rows, columns: out.columns)
    parallel.ranges(parts, grain: 1) { parts in
      let end = min(parts.upperBound * Self.partPanels, weight.panels)
      Linear(rows, weight, into: shifted)
        .run(rows: range, panels: parts.lowerBound * Self.partPanels..<end)
    }
    guard cap < .infinity else { return }
    parallel.ranges(range.count, grain: 1) { own in
      for row in own { Elementwise.softCap(out.row(row), cap, count: weight.rows) }
    }
  }

  /// - Parameter scratch: At least `scratchCount` numbers.
  package func answers(
    _ rows: QuantizedActivations, _ queries: [Query], scratch: Matrix, parallel: Parallel
  ) -> [Answer] {
    precondition(rows.rows == queries.count)
    guard rows.rows > 0 else { return [] }
    let reading = Reading(rows, queries, partials: scratch.base, parts: parts)
    let logits = scratch.base + 2 * rows.rows * parts
    scan.join(reading)
    parallel.parts(parallel.threads, grain: 1) { thread, _ in
      var finds = Finds()
      while let (part, readings) = scan.take() {
        for reading in readings {
          reduce(
            part, reading, logits + thread * Self.pieceRows * Self.partSize,
            into: finds.collector(for: reading, part: part))
          reading.finishPart()
        }
      }
    }
    return reading.answers()
  }

  /// One part of the vocabulary for all rows of a batch.
  private func reduce(
    _ part: Int, _ reading: Reading, _ logits: UnsafeMutablePointer<Float>,
    into collector: Collector
  ) {
    let panels = part * Self.partPanels..<min((part + 1) * Self.partPanels, weight.panels)
    let first = part * Self.partSize
    let count = min(weight.rows - first, Self.partSize)
    let rows = reading.rows
    for start in stride(from: 0, to: rows.rows, by: Self.pieceRows) {
      let piece = start..<min(start + Self.pieceRows, rows.rows)
      // The product writes rows at their own place.
      let out = Matrix(
        base: logits - start * Self.partSize, rows: rows.rows, columns: Self.partSize)
      Linear(rows, weight, panels: panels, into: out).run(
        rows: piece, next: weight.address(panel: panels.upperBound % weight.panels))
      for row in piece {
        let numbers = out.row(row)
        Elementwise.softCap(numbers, cap, count: count)
        let largest = Kernels.current.largest(numbers, count)
        reading.note(
          row, part, largest: largest,
          sumOfExp: Kernels.current.sumOfExp(numbers, count, largest))
        collector.take(row, numbers, first..<first + count, largest: largest)
      }
    }
  }
}
