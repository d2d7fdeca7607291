internal import CParaKernels

/// What is wanted of one row's logits.
package struct TopKRequest: Sendable {
  /// How many of the best tokens.
  package var count: Int
  /// Tokens whose logits are returned separately and which do not rank; distinct and ascending.
  package var gathered: [Int32]

  package init(count: Int, gathered: [Int32] = []) {
    self.count = count
    self.gathered = gathered
  }
}

package struct TopKResult: Sendable {
  /// log Σ exp(logits) over the whole vocabulary.
  package var logSumExp: Float
  /// In descending order of logit, ties in ascending order of token; NaN never ranks.
  package var best: [(token: Int32, logit: Float)]
  /// The logits of `TopKRequest.gathered`, in its order; −∞ for a token outside the vocabulary.
  package var gathered: [Float]

  /// The logit of one of the request's gathered tokens.
  package func logit(_ token: Int32, _ request: TopKRequest) -> Float? {
    request.gathered.firstIndex(of: token).map { gathered[$0] }
  }
}

/// The best and gathered tokens of every row among the vocabulary blocks that one thread reduced.
/// One thread's until all blocks are reduced, hence not locked.
package final class TopKAccumulator: @unchecked Sendable {
  private let requests: [TopKRequest]
  private let gathers: Bool
  private let width: Int
  private var found: [Int]
  private let tokens: UnsafeMutablePointer<Int32>  // [rows, width]
  private let logits: UnsafeMutablePointer<Float>  // [rows, width]
  private var gathered: [[(index: Int, logit: Float)]]

  /// - Parameter requests: One per row.
  package init(_ requests: [TopKRequest]) {
    self.requests = requests
    gathers = requests.contains { !$0.gathered.isEmpty }
    width = max(1, requests.map(\.count).max() ?? 0)
    found = Array(repeating: 0, count: requests.count)
    tokens = .allocate(capacity: requests.count * width)
    logits = .allocate(capacity: requests.count * width)
    gathered = Array(repeating: [], count: requests.count)
  }

  deinit {
    tokens.deallocate()
    logits.deallocate()
  }

  /// Adds one vocabulary block of a row; blocks come in ascending order.
  ///
  /// - Parameters:
  ///   - block: The block's logits; gathered ones are overwritten by NaN, so that they never rank.
  ///   - range: The block's tokens.
  ///   - largest: The block's largest logit.
  func add(
    _ row: Int, _ block: UnsafeMutablePointer<Float>, _ range: Range<Int>, largest: Float
  ) {
    if gathers {
      for (index, token) in requests[row].gathered.enumerated() where range.contains(Int(token)) {
        let offset = Int(token) - range.lowerBound
        gathered[row].append((index, block[offset]))
        block[offset] = .nan
      }
    }
    let count = requests[row].count
    // With few tokens wanted, most blocks hold none that ranks.
    if found[row] == count, count == 0 || largest <= logits[row * width + count - 1] { return }
    found[row] = Kernels.current.keepLargest(
      block, range.count, Int32(range.lowerBound), count, found[row],
      tokens + row * width, logits + row * width)
  }

  /// Merges what all threads found of one row.
  package static func merge(
    _ accumulators: [TopKAccumulator], row: Int, _ request: TopKRequest, logSumExp: Float
  ) -> TopKResult {
    var best = accumulators.flatMap { $0.best(row) }
    if accumulators.count > 1 {
      best.sort { $0.logit > $1.logit || ($0.logit == $1.logit && $0.token < $1.token) }
    }
    var gathered = [Float](repeating: -.infinity, count: request.gathered.count)
    for accumulator in accumulators {
      for (index, logit) in accumulator.gathered[row] { gathered[index] = logit }
    }
    return TopKResult(
      logSumExp: logSumExp, best: Array(best.prefix(request.count)), gathered: gathered)
  }

  private func best(_ row: Int) -> [(token: Int32, logit: Float)] {
    (0..<found[row]).map { (tokens[row * width + $0], logits[row * width + $0]) }
  }
}
