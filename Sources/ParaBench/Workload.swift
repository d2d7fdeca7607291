public import Foundation
public import ParaAdapters
import ParaCheckpoints
import ParaEngine
import ParaModel
public import ParaTensors

/// A synthetic workload of a known size: random prompts of one length, each answered by the same
/// number of tokens.
public struct Workload: Sendable, Hashable, Codable {
  public var prompts = 64
  public var promptTokens = 128
  /// New tokens of each answer; 1 is prefill alone.
  public var newTokens = 64
  public var beams = 3
  public var compute = ComputeType.bfloat16
  /// The KV cache's data type; nil is the compute type's default.
  public var cache: KVCacheType?
  public var threads = 2
  /// Batches side by side; nil leaves it to `EngineOptions`.
  public var workers: Int?
  /// The kind of random adapters; nil is the bare model.
  public var adapters: AdapterMethod?
  /// Kinds of random adapters measured in interleaved A/B runs with the bare model.
  public var interleaved: [AdapterMethod] = []
  /// How many different adapters the prompts are spread over.
  public var adapterCount = 64
  /// The most lanes of one batch.
  public var lanes = 192

  public init() {}

  /// One request after the other, with all threads.
  public mutating func runOneAtATime() {
    workers = 1
    lanes = beams
  }

  /// Prompts that are prefilled and then decoded together; the workload runs in batches of that many.
  func concurrentPrompts(workers: Int) -> Int { min(prompts, workers * max(1, lanes / beams)) }
}

extension Workload {
  /// Loads the model from files in the page cache, and runs the workload.
  ///
  /// - Parameters:
  ///   - folder: A model folder; it needs no tokenizer.
  ///   - repetitions: Runs, of which the fastest counts. With interleaved adapters: A/B pairs, whose
  ///     median ratio counts.
  /// - Throws: `CheckpointError` for the folder, `SearchError` for contradictory settings.
  public func run(_ folder: URL, repetitions: Int = 1) throws -> WorkloadResult {
    Self.readIntoPageCache(folder)
    let start = ContinuousClock.now
    let decoder = try Decoder(ModelFolder(folder), compute: compute, cache: cache, threads: threads)
    let startUp = (ContinuousClock.now - start).inSeconds
    let options = options(for: decoder)
    let runner = WorkloadRunner(self, Engine(decoder, options: options))
    let firstToken = try runner.firstToken()
    let repetitions = 0..<max(1, repetitions)
    let adapters = self.adapters.map { randomAdapters($0, decoder) } ?? []
    try runner.warmUp(adapters)
    var runs = interleaved.isEmpty ? try repetitions.map { _ in try runner.run(adapters) } : []
    var costs: [AdapterCost] = []
    for method in interleaved {
      let others = randomAdapters(method, decoder)
      try runner.warmUp(others)
      let pairs = try repetitions.map { _ in (try runner.run(adapters), try runner.run(others)) }
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
    (0..<adapterCount).map { Adapter(random: method, for: decoder, seed: $0) }
  }

  /// Reads the weights' files once, so that start-up is measured with warm files.
  private static func readIntoPageCache(_ folder: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names where name.hasSuffix(".safetensors") {
      let file = try? FileHandle(forReadingFrom: folder.appending(path: name))
      while let bytes = try? file?.read(upToCount: 8 << 20), !bytes.isEmpty {}
      try? file?.close()
    }
  }
}

extension Adapter {
  /// An adapter with random weights, where only shapes matter.
  convenience init(random method: AdapterMethod, for decoder: Decoder, seed: Int) {
    self.init(
      random: method, decoder.configuration, name: "\(method.rawValue)-\(seed)",
      seed: UInt64(seed) &+ 7)
  }
}
