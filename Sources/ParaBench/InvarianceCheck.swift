public import ParaAdapters
import ParaDecoding
import ParaEngine
public import ParaModel
import ParaTensors
import Synchronization

/// Checks batch invariance: a request's tokens and the bits of its scores are the same alone, in
/// batches of any size, beside other adapters, on one thread or several, and when it shares the
/// prefill of its beginning with others.
public struct InvarianceCheck: Sendable {
  /// A request whose answer differs from the one it gets alone on one thread.
  public struct Difference: Sendable, Hashable {
    public var request: Int
    public var lanes: Int
    public var threads: Int
    public var what: String
  }

  public struct Report: Sendable {
    public var requests: Int
    public var comparisons: Int
    public var differences: [Difference]
  }

  /// Requests to check; half beam search, half greedy, with and without adapters.
  public var requestCount = 86
  /// The batch sizes to try, in lanes.
  public var laneCounts = [2, 7, 64, 256]
  public var threads = 2
  public var newTokens = 12

  public init() {}

  /// - Parameters:
  ///   - adapters: Assigned to requests in rotation with the bare model; where empty, random ones of
  ///     every kind.
  ///   - reference: The model that answers each request alone; nil is `decoder` itself.
  public func run(
    _ decoder: Decoder, adapters: [Adapter] = [], comparedWith reference: Decoder? = nil
  ) throws -> Report {
    let made = adapters.isEmpty ? randomAdapters(decoder) : adapters
    let requests = try requests(decoder, made)
    var options = EngineOptions(workers: 1, threadsPerWorker: 1)
    options.prefixMemory = 0
    let alone = Engine(reference ?? decoder, options: options)
    let expected = try requests.map { try alone.generate([$0])[0] }
    var report = Report(requests: requestCount, comparisons: 0, differences: [])
    for threads in Set([1, threads]).sorted() {
      for lanes in laneCounts {
        let engine = Engine(
          decoder,
          options: EngineOptions(workers: 1, threadsPerWorker: threads, maximumLanes: lanes))
        for batch in batches(requests, lanes: lanes) {
          let found = try engine.generate(batch.map { requests[$0] })
          for (request, answer) in zip(batch, found) {
            report.comparisons += 1
            guard let what = Self.difference(answer, expected[request]) else { continue }
            report.differences.append(
              Difference(request: request, lanes: lanes, threads: threads, what: what))
          }
        }
      }
    }
    return report
  }

  private static func difference(_ found: [Hypothesis], _ expected: [Hypothesis]) -> String? {
    if found.map(\.tokens) != expected.map(\.tokens) { return "other tokens" }
    for (a, b) in zip(found, expected)
    where a.sumLogProbability.bitPattern != b.sumLogProbability.bitPattern {
      return "a sum of log-probabilities of \(a.sumLogProbability), not \(b.sumLogProbability)"
    }
    return nil
  }

  private func randomAdapters(_ decoder: Decoder) -> [Adapter] {
    AdapterMethod.allCases.flatMap { method in
      (0..<2).map { Adapter(random: method, for: decoder, seed: $0) }
    }
  }

  /// Prompts of 1 to 150 tokens, so that tiles and row blocks end at any position of a prompt; every third begins like
  /// another.
  private func requests(_ decoder: Decoder, _ adapters: [Adapter]) throws -> [GenerationRequest] {
    var random = SplitMix(seed: 11)
    let longest = max(1, min(150, decoder.contextLength - newTokens))
    let beginning = (0..<longest).map { _ in
      Int32.random(in: 0..<Int32(decoder.vocabularySize), using: &random)
    }
    return (0..<requestCount).map { index in
      let count = 1 + index * 37 % longest
      let shared = index % 3 == 0 ? beginning.prefix(count * 3 / 4) : []
      let tokens =
        shared
        + (shared.count..<count).map { _ in
          Int32.random(in: 0..<Int32(decoder.vocabularySize), using: &random)
        }
      var settings = GenerationSettings()
      settings.numBeams = index % 2 == 0 ? 3 : 1
      settings.maxNewTokens = newTokens
      let choice = index % (adapters.count + 1)
      return GenerationRequest(
        tokens: Array(tokens), adapter: choice < adapters.count ? adapters[choice] : nil,
        settings: settings, row: UInt64(index))
    }
  }

  /// The requests' indices in batches of at most `lanes` lanes.
  private func batches(_ requests: [GenerationRequest], lanes: Int) -> [[Int]] {
    var batches: [[Int]] = [[]]
    var taken = 0
    for (index, request) in requests.enumerated() {
      if taken + request.settings.numBeams > lanes, !batches[batches.count - 1].isEmpty {
        batches.append([])
        taken = 0
      }
      batches[batches.count - 1].append(index)
      taken += request.settings.numBeams
    }
    return batches
  }
}
