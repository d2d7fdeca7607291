import Dispatch
import ParaAdapters
import ParaDecoding
import ParaEngine
import ParaModel
import ParaTensors

/// Runs a workload on a loaded model and times its phases.
struct WorkloadRunner {
  private let workload: Workload
  private let engine: Engine
  private let workers: [Worker]

  init(_ workload: Workload, _ engine: Engine) {
    self.workload = workload
    self.engine = engine
    workers = (0..<engine.options.workers).map { _ in Worker(engine) }
  }

  /// Runs all prompts, batch after batch. All answers have one length, so no lane of a batch waits
  /// for another.
  func run(_ adapters: [Adapter]) throws -> PhaseTimes {
    try run(workload.prompts, newTokens: workload.newTokens, adapters)
  }

  /// One batch with at most two new tokens: allocates memory and reads the weights.
  func warmUp(_ adapters: [Adapter]) throws {
    _ = try run(batchSize, newTokens: min(2, workload.newTokens), adapters)
  }

  private var batchSize: Int { workload.concurrentPrompts(workers: workers.count) }

  private func run(_ prompts: Int, newTokens: Int, _ adapters: [Adapter]) throws -> PhaseTimes {
    let settings = settings(newTokens: newTokens)
    var times = PhaseTimes()
    for first in stride(from: 0, to: prompts, by: batchSize) {
      let batch = (first..<min(first + batchSize, prompts)).map { request($0, settings, adapters) }
      let shares = workers.indices.map { worker in
        Array(
          batch[worker * batch.count / workers.count..<(worker + 1) * batch.count / workers.count])
      }
      times.prefill += timed { workers[$0].prefill(shares[$0]) }
      times.decode += timed { workers[$0].decode() }
    }
    if let error = workers.lazy.compactMap(\.failure).first { throw error }
    // An answer's only token is chosen at prefill.
    if newTokens == 1 { times.decode = 0 }
    return times
  }

  /// Answers of full length: no token ends one.
  private func settings(newTokens: Int) -> GenerationSettings {
    var settings = GenerationSettings()
    settings.numBeams = workload.beams
    settings.maxNewTokens = newTokens
    return settings
  }

  /// Seconds until all workers are done.
  private func timed(_ body: @Sendable (Int) -> Void) -> Double {
    let start = ContinuousClock.now
    DispatchQueue.concurrentPerform(iterations: workers.count, execute: body)
    return (ContinuousClock.now - start).inSeconds
  }

  /// The same random prompt on every machine.
  private func request(
    _ index: Int, _ settings: GenerationSettings, _ adapters: [Adapter]
  ) -> GenerationRequest {
    var random = SplitMix(seed: 42 &+ UInt64(index) << 32)
    let tokens = (0..<workload.promptTokens).map { _ in
      Int32.random(in: 0..<Int32(engine.decoder.vocabularySize), using: &random)
    }
    return GenerationRequest(
      tokens: tokens, adapter: adapters.isEmpty ? nil : adapters[index % adapters.count],
      settings: settings, row: UInt64(index))
  }

  /// Seconds to the first token of one prompt, with nothing beside it.
  func firstToken() throws -> Double {
    let first = request(0, settings(newTokens: 1), [])
    let start = ContinuousClock.now
    _ = Prefiller(engine).prefill([first])
    return (ContinuousClock.now - start).inSeconds
  }
}

extension WorkloadRunner {
  /// One worker's part of a batch: prefilled, then decoded.
  private final class Worker: @unchecked Sendable {  // used by one thread at a time
    private let prefiller: Prefiller
    private let batch: RunningBatch<Int>
    private var prefilled: [PrefilledPrompt] = []
    private(set) var failure: SearchError?

    /// Tokens of one prefill pass, as in a job.
    private static let tokensOfAPass = 8192

    init(_ engine: Engine) {
      prefiller = Prefiller(engine)
      batch = RunningBatch(engine)
    }

    func prefill(_ requests: [GenerationRequest]) {
      guard let length = requests.first?.tokens.count else { return }
      let ofAPass = max(1, Self.tokensOfAPass / length)
      for first in stride(from: 0, to: requests.count, by: ofAPass) {
        prefilled += prefiller.prefill(Array(requests[first...].prefix(ofAPass)))
      }
    }

    func decode() {
      for prompt in prefilled { batch.join(prompt, tag: 0) }
      prefilled = []
      repeat {
        for (_, result) in batch.step() {
          if case .failure(let error) = result { failure = error }
        }
      } while batch.requestCount > 0
    }
  }
}
