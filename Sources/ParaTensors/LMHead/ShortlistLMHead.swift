import Foundation

/// An LM head of bf16 weights that scans the vocabulary in int8, which halves the bytes read and the
/// time: the best tokens of the int8 scan, with two to spare, form a shortlist that is rescored from
/// the bf16 weights, and the row's log-sum-exp is corrected by their exact logits. Of int8 only the
/// sum of the many small exponentials remains, whose errors cancel each other.
///
/// Other compute types, and processors without an int8 dot product, scan their own weights and
/// rescore nothing.
package struct ShortlistLMHead: Sendable {
  private let exact: LMHead
  private let shortlist: LMHead?  // int8

  /// - Parameter weight: [vocabulary, hidden]
  package init(_ weight: Weight, for compute: ComputeType, cap: Float, parallel: Parallel) {
    exact = LMHead(weight: PackedWeight(weight, for: compute, parallel: parallel), cap: cap)
    shortlist =
      Self.usesShortlist(compute)
      ? LMHead(weight: PackedWeight(weight, as: .int8, parallel: parallel), cap: cap) : nil
  }

  /// The weights that a scan of the vocabulary reads.
  package var scanned: LMHead { shortlist ?? exact }

  /// The data type of `scanned`.
  package static func scanType(_ compute: ComputeType) -> ComputeType {
    compute == .bfloat16 && Kernels.hasFastInt8 ? .int8 : compute
  }

  private static func usesShortlist(_ compute: ComputeType) -> Bool { scanType(compute) != compute }

  /// Tokens on the shortlist beyond those requested. int8 moves a logit by about a hundredth of the
  /// logits' standard deviation, so a token that drops by more than two ranks is rare, and then its
  /// logit all but equals that of the token which replaces it.
  private static let spare = 2

  /// Bytes of a head's packed weights.
  package static func byteCount(
    vocabulary: Int, hidden: Int, _ format: Weight.Format, _ compute: ComputeType
  ) -> Int {
    let kinds: [PackedWeight.Precision] =
      [.init(format, compute)] + (usesShortlist(compute) ? [.int8] : [])
    return kinds.reduce(0) {
      $0 + PackedWeight.byteCount(rows: vocabulary, columns: hidden, $1)
    }
  }

  /// Floats of scratch for a scan: those of ``LMHead`` and the int8 states.
  package static func scratchCount(
    rows: Int, vocabulary: Int, hidden: Int, _ compute: ComputeType, threads: Int
  ) -> Int {
    LMHead.scratchCount(rows: rows, vocabulary: vocabulary, threads: threads)
      + (usesShortlist(compute)
        ? QuantizedActivations.scratchCount(rows: rows, columns: hidden, .int8) : 0)
  }

  /// All logits of some rows, [range.count, vocabulary], from the exact weights.
  package func logits(
    _ states: QuantizedActivations, _ range: Range<Int>, into out: Matrix, parallel: Parallel
  ) {
    exact.logits(states, range, into: out, parallel: parallel)
  }

  /// The states as `scanned` multiplies them, [rows, hidden], and the scratch that is left.
  ///
  /// - Parameter scratch: At least `scratchCount` floats.
  package func scanStates(
    _ states: QuantizedActivations, scratch: Matrix, parallel: Parallel
  ) -> (states: QuantizedActivations, scratch: UnsafeMutablePointer<Float>) {
    guard shortlist != nil else { return (states, scratch.base) }
    let quantized = QuantizedActivations(scratch, rows: states.rows, columns: states.columns, .int8)
    parallel.ranges(states.rows, grain: 16) { quantized.quantize($0, from: states) }
    let used = QuantizedActivations.scratchCount(rows: states.rows, columns: states.columns, .int8)
    return (quantized, scratch.base + used)
  }

  /// What a scan is asked for so that `rescored` can answer a row's request.
  package func scanRequest(_ request: TopKRequest) -> TopKRequest {
    guard shortlist != nil else { return request }
    return TopKRequest(count: request.count + Self.spare, gathered: request.gathered)
  }

  /// Results of a scan with the exact head's logits.
  ///
  /// - Parameters:
  ///   - results: Of `scanRequest`, one per row.
  ///   - states: [rows, hidden], in the exact head's compute type.
  package func rescored(
    _ results: [TopKResult], _ states: QuantizedActivations, _ requests: [TopKRequest],
    parallel: Parallel
  ) -> [TopKResult] {
    guard shortlist != nil else { return results }
    var results = results
    results.withUnsafeMutableBufferPointer { results in
      parallel.ranges(states.rows, grain: 4) { range in
        for row in range {
          results[row] = exact.exactResult(of: results[row], states, row, requests[row])
        }
      }
    }
    return results
  }
}

extension LMHead {
  /// One row's shortlist with this head's logits.
  fileprivate func exactResult(
    of shortlist: TopKResult, _ states: QuantizedActivations, _ row: Int, _ request: TopKRequest
  ) -> TopKResult {
    let tokens = shortlist.best.map(\.token)
    let logits = logits(states, row, tokens + request.gathered)
    let largest = logits.reduce(shortlist.logSumExp, max)
    func sum(_ logits: [Float]) -> Double {
      logits.reduce(0) { $0 + exp(Double($1 - largest)) }
    }
    let others =
      exp(Double(shortlist.logSumExp - largest))
      - sum(shortlist.best.map(\.logit) + shortlist.gathered)
    let best = zip(tokens, logits).filter { !$0.1.isNaN }
      .sorted { $0.1 > $1.1 || ($0.1 == $1.1 && $0.0 < $1.0) }
    return TopKResult(
      logSumExp: largest + Float(log(max(0, others) + sum(logits))),
      best: best.prefix(request.count).map { ($0, $1) },
      gathered: [Float](logits.suffix(request.gathered.count)))
  }

  /// The logits of some tokens of one row, a whole panel computed for each; −∞ outside the vocabulary.
  private func logits(_ states: QuantizedActivations, _ row: Int, _ tokens: [Int32]) -> [Float] {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: PackedWeight.panelFeatures) { panel in
      guard let base = panel.baseAddress else { return [] }
      // The product writes each row at its own index.
      let out = Matrix(
        base: base - row * PackedWeight.panelFeatures, rows: states.rows,
        columns: PackedWeight.panelFeatures)
      let known = 0..<Int32(weight.rows)
      let panels = tokens.map { known.contains($0) ? Int($0) / PackedWeight.panelFeatures : 0 }
      return tokens.indices.map { index in
        guard known.contains(tokens[index]) else { return -.infinity }
        let next = index + 1 < panels.count ? weight.address(panel: panels[index + 1]) : nil
        Linear(states, weight, panels: panels[index]..<panels[index] + 1, into: out)
          .run(rows: row..<row + 1, next: next)
        let logit = base + Int(tokens[index]) % PackedWeight.panelFeatures
        Elementwise.softCap(logit, cap, count: 1)
        return logit.pointee
      }
    }
  }
}
