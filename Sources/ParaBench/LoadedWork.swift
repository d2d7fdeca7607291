import Dispatch
import ParaAdapters
import ParaDecoding
import ParaEngine
import ParaModel

/// A workload and the model that does it.
struct LoadedWork {
  private let workload: Workload
  private let engine: Engine
  private let workers: [BenchWorker]

  init(_ workload: Workload, _ engine: Engine) {
    self.workload = workload
    self.engine = engine
    workers = (0..<engine.options.workers).map { _ in BenchWorker(engine) }
  }

  /// Does all the work, wave after wave of as many prompts as fit at once. All answers are of one
  /// length, so no lane of a wave waits for another.
  func run(_ adapters: [Adapter]) throws -> PhaseTimes {
    try run(workload.prompts, newTokens: workload.newTokens, adapters)
  }

  /// A wave with no more than two new tokens: memory is found and weights are read.
  func warmUp(_ adapters: [Adapter]) throws {
    _ = try run(atOnce, newTokens: min(2, workload.newTokens), adapters)
  }

  private var atOnce: Int { workload.promptsAtOnce(workers: workers.count) }

  private func run(_ prompts: Int, newTokens: Int, _ adapters: [Adapter]) throws -> PhaseTimes {
    let settings = settings(newTokens: newTokens)
    var times = PhaseTimes()
    for first in stride(from: 0, to: prompts, by: atOnce) {
      let wave = (first..<min(first + atOnce, prompts)).map { request($0, settings, adapters) }
      let shares = workers.indices.map { worker in
        Array(wave[worker * wave.count / workers.count..<(worker + 1) * wave.count / workers.count])
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

  /// Seconds until all workers are through.
  private func timed(_ body: @Sendable (Int) -> Void) -> Double {
    let start = ContinuousClock.now
    DispatchQueue.concurrentPerform(iterations: workers.count, execute: body)
    return (ContinuousClock.now - start).inSeconds
  }

  /// The same prompt on every machine, made when it is needed.
  private func request(
    _ index: Int, _ settings: GenerationSettings, _ adapters: [Adapter]
  ) -> GenerationRequest {
    var random = SplitMix(state: 42 &+ UInt64(index) << 32)
    let tokens = (0..<workload.promptTokens).map { _ in
      Int32.random(in: 0..<Int32(engine.decoder.vocabularySize), using: &random)
    }
    return GenerationRequest(
      tokens: tokens, adapter: adapters.isEmpty ? nil : adapters[index % adapters.count],
      settings: settings, row: UInt64(index))
  }

  /// Seconds to the first token of a prompt alone.
  func firstToken() throws -> Double {
    let first = request(0, settings(newTokens: 1), [])
    let start = ContinuousClock.now
    _ = Prefiller(engine).prefill([first])
    return (ContinuousClock.now - start).inSeconds
  }
}
