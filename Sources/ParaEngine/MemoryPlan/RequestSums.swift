import ParaModel

/// Running sums over a job's requests, in their order: any stretch of them is added up at once.
struct RequestSums {
  private let count: Int
  private let lanes: [Int]
  private let tokens: [Int]
  private let prompts: [Int]  // bytes
  private let answers: [Int]  // bytes
  private let longestPrompt: Int
  private let longestAnswer: Int
  private let widest: Int
  private let needsWholeLogits: Bool

  init(_ requests: [RequestSize], _ footprint: ModelFootprint) {
    func sums(_ value: (RequestSize) -> Int) -> [Int] {
      requests.reduce(into: [0]) { $0.append($0[$0.count - 1] + value($1)) }
    }
    count = requests.count
    lanes = sums(\.lanes)
    tokens = sums(\.promptTokens)
    prompts = sums(footprint.prompt)
    answers = sums(footprint.answer)
    longestPrompt = requests.map(\.promptTokens).max() ?? 0
    longestAnswer = requests.map(\.newTokens).max() ?? 0
    widest = requests.map(\.lanes).max() ?? 0
    needsWholeLogits = requests.contains(where: \.needsWholeLogits)
  }

  /// The stretch whose caches take the most, its answers at full length.
  func heaviest(_ options: EngineOptions) -> (requests: Int, prompts: Int, answers: Int) {
    let workers = options.workers
    var heaviest = (requests: 0, prompts: 0, answers: 0)
    for first in 0..<count {
      let running = end(
        lanes, from: first, within: workers * options.maximumLanes, atLeast: workers)
      // Each decoding worker may hold one more, for which it has no lane yet.
      let waiting = min(running + options.queuedPrompts + workers, count)
      let read = end(
        tokens, from: waiting, within: workers * options.batchTokens, atLeast: workers)
      let found = (
        requests: read - first, prompts: prompts[read] - prompts[first],
        answers: answers[running] - answers[first]
      )
      if found.prompts + found.answers > heaviest.prompts + heaviest.answers { heaviest = found }
    }
    return heaviest
  }

  /// The largest prefill of each worker that has one.
  func prefills(_ options: EngineOptions) -> [ModelFootprint.PassSize] {
    let states =
      (0..<count).map {
        end(tokens, from: $0, within: options.batchTokens, atLeast: 1) - $0
      }.max() ?? 0
    // Rows of one adapter are read together, so that any may fill a batch up.
    var rows = max(min(options.batchTokens, tokens[count]), longestPrompt)
    // The workers share a job of few tokens evenly, but for a prompt.
    rows = min(rows, tokens[count] / options.workers + longestPrompt)
    let context = ModelFootprint.PassSize(
      rows: rows, states: states, longestPrompt: longestPrompt,
      needsWholeLogits: needsWholeLogits, threads: options.threadsPerWorker)
    return Array(repeating: context, count: min(options.workers, count))
  }

  /// The largest step of a worker.
  func step(_ options: EngineOptions) -> ModelFootprint.PassSize {
    let rows = min(lanes[count], max(options.maximumLanes, widest))
    return ModelFootprint.PassSize(
      rows: rows, states: rows, longestPrompt: longestPrompt, longestAnswer: longestAnswer,
      widest: widest, needsWholeLogits: needsWholeLogits, threads: options.threadsPerWorker)
  }

  /// Where the longest stretch ends whose sum is within a bound, or that has so many requests.
  private func end(_ sums: [Int], from first: Int, within bound: Int, atLeast least: Int) -> Int {
    var (low, high) = (first, count)
    while low < high {
      let middle = (low + high + 1) / 2
      if sums[middle] - sums[first] <= bound { low = middle } else { high = middle - 1 }
    }
    return max(low, min(first + least, count))
  }
}
