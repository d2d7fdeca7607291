public import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaEngine
import ParaModel
import ParaTensors

extension Workload {
  /// Loads the model, of files that the system holds, and does the work.
  ///
  /// - Parameters:
  ///   - folder: A model folder; it needs no tokenizer.
  ///   - repetitions: Runs, of which the fastest counts; with adapters by turns, pairs of runs, of
  ///     whose ratios the median counts.
  /// - Throws: `CheckpointError` for the folder, `SearchError` for impossible settings.
  public func run(_ folder: URL, repetitions: Int = 1) throws -> WorkloadResult {
    FileCache.warm(folder)
    let start = ContinuousClock.now
    let decoder = try Decoder(ModelFolder(folder), compute: compute, cache: cache, threads: threads)
    let startUp = (ContinuousClock.now - start).inSeconds
    let options = options(for: decoder)
    let work = LoadedWork(self, Engine(decoder, options: options))
    let firstToken = try work.firstToken()
    let repetitions = 0..<max(1, repetitions)
    let adapters = self.adapters.map { randomAdapters($0, decoder) } ?? []
    try work.warmUp(adapters)
    var runs = byTurns.isEmpty ? try repetitions.map { _ in try work.run(adapters) } : []
    var costs: [AdapterCost] = []
    for method in byTurns {
      let others = randomAdapters(method, decoder)
      try work.warmUp(others)
      let pairs = try repetitions.map { _ in (try work.run(adapters), try work.run(others)) }
      runs += pairs.map(\.0)
      costs.append(AdapterCost(method, pairs))
    }
    let best = runs.best
    return WorkloadResult(
      workload: self, model: folder.path, kernels: Kernels.name, workers: options.workers,
      threadsPerWorker: options.threadsPerWorker, startUpSeconds: startUp,
      firstTokenSeconds: firstToken, prefillSeconds: best.prefill, decodeSeconds: best.decode,
      seconds: best.seconds, prefillTokensPerSecond: Double(prompts * promptTokens) / best.prefill,
      newTokensPerSecond: Double(prompts * newTokens) / best.seconds, adapterCosts: costs,
      peakMemoryBytes: ProcessMemory.peakBytes)
  }

  private func options(for decoder: Decoder) -> EngineOptions {
    guard let workers else {
      return EngineOptions(
        threads: threads, for: decoder, allLanes: prompts * beams, maximumLanes: lanes)
    }
    return EngineOptions(
      workers: workers, threadsPerWorker: max(1, threads / workers), maximumLanes: lanes)
  }

  private func randomAdapters(_ method: AdapterMethod, _ decoder: Decoder) -> [Adapter] {
    (0..<adapterCount).map { RandomAdapter.make(method, decoder.configuration, seed: $0) }
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
