import ParaModel

/// The worst sliding window over a job's requests: which neighbours can be alive together, and what
/// they hold. Prefix sums make a window's total O(1) and its end O(log n).
struct SlidingWindowPeak {
  private let count: Int
  // Prefix sums, [count + 1].
  private let lanes: [Int]
  private let tokens: [Int]
  private let promptBytes: [Int]
  private let answerBytes: [Int]
  private let longestPrompt: Int
  private let longestAnswer: Int
  private let mostLanes: Int
  private let needsFullLogits: Bool

  init(_ requests: [RequestSize], _ footprint: ModelFootprint) {
    func prefixSums(_ value: (RequestSize) -> Int) -> [Int] {
      requests.reduce(into: [0]) { $0.append($0[$0.count - 1] + value($1)) }
    }
    count = requests.count
    lanes = prefixSums(\.lanes)
    tokens = prefixSums(\.promptTokens)
    promptBytes = prefixSums(footprint.prompt)
    answerBytes = prefixSums(footprint.answer)
    longestPrompt = requests.map(\.promptTokens).max() ?? 0
    longestAnswer = requests.map(\.newTokens).max() ?? 0
    mostLanes = requests.map(\.lanes).max() ?? 0
    needsFullLogits = requests.contains(where: \.needsFullLogits)
  }

  /// The window whose caches take the most bytes, its answers at full length.
  func peak(_ options: EngineOptions) -> (requests: Int, promptBytes: Int, answerBytes: Int) {
    let workers = options.workers
    var peak = (requests: 0, promptBytes: 0, answerBytes: 0)
    for first in 0..<count {
      let running = end(
        lanes, from: first, within: workers * options.maximumLanes, atLeast: workers)
      // Each decoding worker may hold one more, for which it has no lane yet.
      let waiting = min(running + options.queuedPrompts + workers, count)
      let prefilled = end(
        tokens, from: waiting, within: workers * options.batchTokens, atLeast: workers)
      let found = (
        requests: prefilled - first, promptBytes: promptBytes[prefilled] - promptBytes[first],
        answerBytes: answerBytes[running] - answerBytes[first]
      )
      if found.promptBytes + found.answerBytes > peak.promptBytes + peak.answerBytes {
        peak = found
      }
    }
    return peak
  }

  /// The largest prefill of each worker that has one.
  func prefillSizes(_ options: EngineOptions) -> [ForwardSize] {
    let prompts =
      (0..<count).map {
        end(tokens, from: $0, within: options.batchTokens, atLeast: 1) - $0
      }.max() ?? 0
    // Requests of one adapter are batched together, so any may fill a batch up.
    var rows = max(min(options.batchTokens, tokens[count]), longestPrompt)
    // The workers share a job of few tokens evenly, up to one prompt.
    rows = min(rows, tokens[count] / options.workers + longestPrompt)
    let size = ForwardSize(
      rows: rows, states: prompts, longestPrompt: longestPrompt,
      needsWholeLogits: needsFullLogits, threads: options.threadsPerWorker)
    return Array(repeating: size, count: min(options.workers, count))
  }

  /// The largest decode step of a worker.
  func decodeSize(_ options: EngineOptions) -> ForwardSize {
    let rows = min(lanes[count], max(options.maximumLanes, mostLanes))
    return ForwardSize(
      rows: rows, states: rows, longestPrompt: longestPrompt, longestAnswer: longestAnswer,
      widest: mostLanes, needsWholeLogits: needsFullLogits, threads: options.threadsPerWorker)
  }

  /// The end of the longest window from `first` whose sum is within a bound, or of one with `least`
  /// requests if that is longer.
  private func end(_ sums: [Int], from first: Int, within bound: Int, atLeast least: Int) -> Int {
    var (low, high) = (first, count)
    while low < high {
      let middle = (low + high + 1) / 2
      if sums[middle] - sums[first] <= bound { low = middle } else { high = middle - 1 }
    }
    return max(low, min(first + least, count))
  }
}
