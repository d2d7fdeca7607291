internal import CKernels
import Foundation

/// The product of states with the vocabulary, reduced as it is made: of each row stay the sum of its
/// exponentials, the best tokens and the logits that were asked for. The rows × vocabulary matrix is
/// never written.
///
/// The vocabulary is cut into the same parts whatever the rows and threads are, so a row's results
/// do not depend on them.
package struct VocabularyHead: Sendable {
  /// What is wanted of one row.
  package struct Query {
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

  package init(weight: PackedWeight, cap: Float) {
    self.weight = weight
    self.cap = cap
  }

  /// Panels of one part of the vocabulary: 384 tokens, whose logits of some hundred rows stay in the
  /// cache.
  static let partPanels = 24
  static let partSize = partPanels * PackedWeight.panelRows
  private var parts: Int { Self.parts(vocabulary: weight.rows) }
  private static func parts(vocabulary: Int) -> Int { (vocabulary + partSize - 1) / partSize }

  /// fp32 numbers of scratch that `answers` needs.
  package func scratchCount(rows: Int, threads: Int) -> Int {
    Self.scratchCount(rows: rows, vocabulary: weight.rows, threads: threads)
  }

  package static func scratchCount(rows: Int, vocabulary: Int, threads: Int) -> Int {
    rows * (threads * partSize + 2 * parts(vocabulary: vocabulary))
  }

  /// The whole logits of some of the rows, [range.count, vocabulary].
  package func logits(
    _ rows: PreparedRows, _ range: Range<Int>, into out: Matrix, parallel: Parallel
  ) {
    precondition(out.rows >= range.count && out.columns == weight.rows)
    // The product writes rows at their own place.
    let shifted = Matrix(
      base: out.base - range.lowerBound * out.columns, rows: rows.rows, columns: out.columns)
    parallel.ranges(parts, grain: 1) { parts in
      let end = min(parts.upperBound * Self.partPanels, weight.panels)
      Product(rows, weight, into: shifted)
        .run(rows: range, panels: parts.lowerBound * Self.partPanels..<end)
    }
    guard cap < .infinity else { return }
    parallel.ranges(range.count, grain: 1) { own in
      for row in own { Elementwise.softCap(out.row(row), cap, count: weight.rows) }
    }
  }

  package func answers(
    _ rows: PreparedRows, _ queries: [Query], scratch: Matrix, parallel: Parallel
  ) -> [Answer] {
    precondition(rows.rows == queries.count)
    guard rows.rows > 0 else { return [] }
    let partials = scratch.base + rows.rows * parallel.threads * Self.partSize
    let collectors = (0..<parallel.threads).map { _ in Collector(queries) }
    parallel.parts(parts, grain: 1) { thread, range in
      let logits = Matrix(
        base: scratch.base + thread * rows.rows * Self.partSize, rows: rows.rows,
        columns: Self.partSize)
      for part in range { reduce(part, rows, logits, partials, into: collectors[thread]) }
    }
    return queries.indices.map { row in
      let statistics = UnsafeBufferPointer(start: partials + row * parts * 2, count: parts * 2)
      return collectors.answer(row, logSumExp: Self.logSumExp(statistics))
    }
  }

  /// One part of the vocabulary for all rows.
  private func reduce(
    _ part: Int, _ rows: PreparedRows, _ logits: Matrix, _ partials: UnsafeMutablePointer<Float>,
    into collector: Collector
  ) {
    let panels = part * Self.partPanels..<min((part + 1) * Self.partPanels, weight.panels)
    let first = part * Self.partSize
    let count = min(weight.rows - first, Self.partSize)
    Product(rows, weight, panels: panels, into: logits).run()
    for row in 0..<rows.rows {
      let numbers = logits.row(row)
      Elementwise.softCap(numbers, cap, count: count)
      let largest = Kernels.current.largest(numbers, count)
      let place = partials + (row * parts + part) * 2
      place[0] = largest
      place[1] = Kernels.current.sumOfExp(numbers, count, largest)
      collector.take(row, numbers, first..<first + count, largest: largest)
    }
  }

  /// log Σ exp from the parts' (largest, Σ exp(x − largest)), in order.
  static func logSumExp(_ parts: UnsafeBufferPointer<Float>) -> Float {
    var largest = -Float.infinity
    for index in stride(from: 0, to: parts.count, by: 2) { largest = max(largest, parts[index]) }
    guard largest > -.infinity else { return largest }
    var sum = 0.0
    for index in stride(from: 0, to: parts.count, by: 2) where parts[index + 1] != 0 {
      sum += Double(parts[index + 1]) * exp(Double(parts[index] - largest))
    }
    return largest + Float(log(sum))
  }
}
