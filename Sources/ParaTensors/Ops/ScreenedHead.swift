import Foundation

/// A head that goes through the vocabulary in int8 where its own products are of bf16: bytes take half the
/// time and half the reading. The words that come out best, with some to spare, then get their logits from
/// bf16, and the row's sum of exponentials gets theirs. What stays of int8 are the many small
/// exponentials, whose errors cancel each other.
package struct ScreenedHead: Sendable {
  private let exact: VocabularyHead
  private let screen: VocabularyHead?  // int8

  /// - Parameter weight: [vocabulary, hidden]
  package init(_ weight: Weight, for compute: ComputeType, cap: Float, parallel: Parallel) {
    exact = VocabularyHead(
      weight: PackedWeight(weight, for: compute, parallel: parallel), cap: cap)
    screen =
      Self.isScreened(compute)
      ? VocabularyHead(weight: PackedWeight(weight, as: .int8, parallel: parallel), cap: cap) : nil
  }

  /// The numbers in which such a head goes through the vocabulary.
  package static func scanned(_ compute: ComputeType) -> ComputeType {
    compute == .bfloat16 && Kernels.hasFastInt8 ? .int8 : compute
  }

  private static func isScreened(_ compute: ComputeType) -> Bool { scanned(compute) != compute }

  /// Words that are looked for beyond those wanted: int8 puts a logit off by a hundredth of the logits'
  /// spread, so that two that pass the last one by are rare and as good as it.
  private static let spare = 2

  /// Bytes of a head's packed weights.
  package static func byteCount(
    vocabulary: Int, hidden: Int, _ format: Weight.Format, _ compute: ComputeType
  ) -> Int {
    let kinds: [PackedWeight.Precision] =
      [.init(format, compute)] + (isScreened(compute) ? [.int8] : [])
    return kinds.reduce(0) {
      $0 + PackedWeight.byteCount(rows: vocabulary, columns: hidden, $1)
    }
  }

  /// fp32 numbers of scratch that `answers` needs.
  package static func scratchCount(
    rows: Int, vocabulary: Int, hidden: Int, _ compute: ComputeType, threads: Int
  ) -> Int {
    VocabularyHead.scratchCount(rows: rows, vocabulary: vocabulary, threads: threads)
      + (isScreened(compute)
        ? QuantizedActivations.scratchCount(rows: rows, columns: hidden, .int8) : 0)
  }

  /// The whole logits of some of the rows, [range.count, vocabulary], none of them from int8.
  package func logits(
    _ rows: QuantizedActivations, _ range: Range<Int>, into out: Matrix, parallel: Parallel
  ) {
    exact.logits(rows, range, into: out, parallel: parallel)
  }

  /// - Parameter scratch: At least `scratchCount` numbers.
  package func answers(
    _ rows: QuantizedActivations, _ queries: [VocabularyHead.Query], scratch: Matrix,
    parallel: Parallel
  ) -> [VocabularyHead.Answer] {
    guard let screen else {
      return exact.answers(rows, queries, scratch: scratch, parallel: parallel)
    }
    let bytes = QuantizedActivations(scratch, rows: rows.rows, columns: rows.columns, .int8)
    parallel.ranges(rows.rows, grain: 16) { bytes.quantize($0, from: rows) }
    let used = QuantizedActivations.scratchCount(rows: rows.rows, columns: rows.columns, .int8)
    let rest = Matrix(
      base: scratch.base + used, rows: 1, columns: scratch.rows * scratch.columns - used)
    let wider = queries.map {
      VocabularyHead.Query(count: $0.count + Self.spare, apart: $0.apart)
    }
    var answers = screen.answers(bytes, wider, scratch: rest, parallel: parallel)
    answers.withUnsafeMutableBufferPointer { answers in
      parallel.ranges(rows.rows, grain: 4) { range in
        for row in range { answers[row] = exact.refined(answers[row], rows, row, queries[row]) }
      }
    }
    return answers
  }
}

extension VocabularyHead {
  /// A screen's answer for one row with this head's own logits.
  fileprivate func refined(
    _ screened: Answer, _ rows: QuantizedActivations, _ row: Int, _ query: Query
  ) -> Answer {
    let tokens = screened.best.map(\.token)
    let logits = logits(rows, row, tokens + query.apart)
    let largest = logits.reduce(screened.logSumExp, max)
    func sum(_ logits: [Float]) -> Double {
      logits.reduce(0) { $0 + exp(Double($1 - largest)) }
    }
    let others =
      exp(Double(screened.logSumExp - largest))
      - sum(screened.best.map(\.logit) + screened.apart)
    let best = zip(tokens, logits).filter { !$0.1.isNaN }
      .sorted { $0.1 > $1.1 || ($0.1 == $1.1 && $0.0 < $1.0) }
    return Answer(
      logSumExp: largest + Float(log(max(0, others) + sum(logits))),
      best: best.prefix(query.count).map { ($0, $1) },
      apart: [Float](logits.suffix(query.apart.count)))
  }

  /// The logits of some tokens, a whole panel for each; −∞ beyond the vocabulary.
  private func logits(_ rows: QuantizedActivations, _ row: Int, _ tokens: [Int32]) -> [Float] {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: PackedWeight.panelFeatures) { panel in
      guard let base = panel.baseAddress else { return [] }
      // The product writes rows at their own place.
      let out = Matrix(
        base: base - row * PackedWeight.panelFeatures, rows: rows.rows,
        columns: PackedWeight.panelFeatures)
      let known = 0..<Int32(weight.rows)
      let panels = tokens.map { known.contains($0) ? Int($0) / PackedWeight.panelFeatures : 0 }
      return tokens.indices.map { index in
        guard known.contains(tokens[index]) else { return -.infinity }
        let next = index + 1 < panels.count ? weight.address(panel: panels[index + 1]) : nil
        Linear(rows, weight, panels: panels[index]..<panels[index] + 1, into: out)
          .run(rows: row..<row + 1, next: next)
        let logit = base + Int(tokens[index]) % PackedWeight.panelFeatures
        Elementwise.softCap(logit, cap, count: 1)
        return logit.pointee
      }
    }
  }
}
