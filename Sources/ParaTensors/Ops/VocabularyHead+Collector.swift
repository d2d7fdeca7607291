internal import CParaKernels

extension VocabularyHead {
  /// The best tokens of every row that one thread has seen so far.
  final class Collector: @unchecked Sendable {  // one thread's, until all parts are through
    private let queries: [Query]
    private let counts: [Int]
    private let isAnyApart: Bool
    private let width: Int
    private var found: [Int]
    private let tokens: UnsafeMutablePointer<Int32>  // [rows, width]
    private let logits: UnsafeMutablePointer<Float>  // [rows, width]
    fileprivate var apart: [[(index: Int, logit: Float)]]

    init(_ queries: [Query]) {
      self.queries = queries
      counts = queries.map(\.count)
      isAnyApart = queries.contains { !$0.apart.isEmpty }
      width = max(1, counts.max() ?? 0)
      found = Array(repeating: 0, count: queries.count)
      tokens = .allocate(capacity: queries.count * width)
      logits = .allocate(capacity: queries.count * width)
      apart = Array(repeating: [], count: queries.count)
    }

    deinit {
      tokens.deallocate()
      logits.deallocate()
    }

    /// Takes one part of a row's logits, tokens `range`, of which none is above `largest`; parts come
    /// in rising order.
    func take(
      _ row: Int, _ numbers: UnsafeMutablePointer<Float>, _ range: Range<Int>, largest: Float
    ) {
      if isAnyApart {
        for (index, token) in queries[row].apart.enumerated() where range.contains(Int(token)) {
          let place = Int(token) - range.lowerBound
          apart[row].append((index, numbers[place]))
          numbers[place] = .nan  // never ranks
        }
      }
      // Most parts hold nothing new, where few tokens are looked for.
      let wanted = counts[row]
      if found[row] == wanted, wanted == 0 || largest <= logits[row * width + wanted - 1] { return }
      found[row] = Kernels.current.keepLargest(
        numbers, range.count, Int32(range.lowerBound), wanted, found[row],
        tokens + row * width, logits + row * width)
    }

    fileprivate func best(_ row: Int) -> [(token: Int32, logit: Float)] {
      (0..<found[row]).map { (tokens[row * width + $0], logits[row * width + $0]) }
    }

    fileprivate func count(_ row: Int) -> Int { counts[row] }
    fileprivate func apartCount(_ row: Int) -> Int { queries[row].apart.count }
  }
}

extension [VocabularyHead.Collector] {
  /// What all threads have seen of one row.
  func answer(_ row: Int, logSumExp: Float) -> VocabularyHead.Answer {
    var best = flatMap { $0.best(row) }
    if count > 1 {
      best.sort { $0.logit > $1.logit || ($0.logit == $1.logit && $0.token < $1.token) }
    }
    var apart = [Float](repeating: -.infinity, count: first?.apartCount(row) ?? 0)
    for collector in self {
      for (index, logit) in collector.apart[row] { apart[index] = logit }
    }
    return VocabularyHead.Answer(
      logSumExp: logSumExp, best: [_](best.prefix(first?.count(row) ?? 0)), apart: apart)
  }
}
