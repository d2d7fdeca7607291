public import ParaAdapters
import ParaDecoding
import ParaEngine
public import ParaModel
import ParaTensors
import Synchronization

/// Whether rows get the same bits whatever their company: alone, in batches, with other adapters
/// beside them, on one thread or several.
public struct InvarianceCheck: Sendable {
  /// A row whose answer differs from the one it gets alone on one thread.
  public struct Difference: Sendable, Hashable {
    public var row: Int
    public var lanes: Int
    public var threads: Int
    public var what: String
  }

  public struct Outcome: Sendable {
    public var rows: Int
    public var comparisons: Int
    public var differences: [Difference]
  }

  /// Rows to check; half of them beam search, half greedy, with and without adapters.
  public var rows = 86
  /// Lanes of the batches that are tried.
  public var laneCounts = [2, 7, 64, 256]
  public var threads = 2
  public var newTokens = 12

  public init() {}

  /// - Parameters:
  ///   - adapters: Put on rows in turn, the bare model among them; where empty, random ones of every
  ///     kind.
  ///   - reference: The model that answers rows alone; nil is `decoder` itself.
  public func run(
    _ decoder: Decoder, adapters: [Adapter] = [], comparedWith reference: Decoder? = nil
  ) throws -> Outcome {
    let made = adapters.isEmpty ? randomAdapters(decoder) : adapters
    let requests = try requests(decoder, made)
    let alone = Engine(
      reference ?? decoder, options: EngineOptions(workers: 1, threadsPerWorker: 1))
    let expected = try requests.map { try alone.generate([$0])[0] }
    var outcome = Outcome(rows: rows, comparisons: 0, differences: [])
    for threads in Set([1, threads]).sorted() {
      for lanes in laneCounts {
        let engine = Engine(
          decoder,
          options: EngineOptions(workers: 1, threadsPerWorker: threads, maximumLanes: lanes))
        for batch in batches(requests, lanes: lanes) {
          let found = try engine.generate(batch.map { requests[$0] })
          for (row, answer) in zip(batch, found) {
            outcome.comparisons += 1
            guard let what = Self.difference(answer, expected[row]) else { continue }
            outcome.differences.append(
              Difference(row: row, lanes: lanes, threads: threads, what: what))
          }
        }
      }
    }
    return outcome
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
      (0..<2).map { RandomAdapter.make(method, decoder.configuration, seed: $0) }
    }
  }

  /// Prompts of 1 to 150 tokens, so that panels and chunks end anywhere, in prompts too.
  private func requests(_ decoder: Decoder, _ adapters: [Adapter]) throws -> [GenerationRequest] {
    var random = SplitMix(state: 11)
    let longest = max(1, min(150, decoder.contextLength - newTokens))
    return (0..<rows).map { row in
      let tokens = (0..<1 + row * 37 % longest).map { _ in
        Int32.random(in: 0..<Int32(decoder.vocabularySize), using: &random)
      }
      var settings = GenerationSettings()
      settings.numBeams = row % 2 == 0 ? 3 : 1
      settings.maxNewTokens = newTokens
      let choice = row % (adapters.count + 1)
      return GenerationRequest(
        tokens: tokens, adapter: choice < adapters.count ? adapters[choice] : nil,
        settings: settings, row: UInt64(row))
    }
  }

  /// The rows in batches of so many lanes.
  private func batches(_ requests: [GenerationRequest], lanes: Int) -> [[Int]] {
    var batches: [[Int]] = [[]]
    var taken = 0
    for (row, request) in requests.enumerated() {
      if taken + request.settings.numBeams > lanes, !batches[batches.count - 1].isEmpty {
        batches.append([])
        taken = 0
      }
      batches[batches.count - 1].append(row)
      taken += request.settings.numBeams
    }
    return batches
  }
}
