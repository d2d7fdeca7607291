import Adapters
import Checkpoints
import Decoding
import Engine
public import Foundation
import Synchronization
import Tensors
import Transformer

extension Workload {
  /// Loads the model and does the work once.
  ///
  /// - Parameter folder: A model folder; it needs no tokenizer.
  /// - Throws: `CheckpointError` for the folder, `SearchError` for impossible settings.
  public func run(_ folder: URL, repetitions: Int = 1) throws -> WorkloadResult {
    let start = ContinuousClock.now
    let decoder = try Decoder(ModelFolder(folder), compute: compute, threads: threads)
    let startUp = (ContinuousClock.now - start).inSeconds
    var options = EngineOptions(threads: threads, for: decoder, maximumLanes: lanes)
    if let workers {
      options = EngineOptions(
        workers: workers, threadsPerWorker: max(1, threads / workers), maximumLanes: lanes)
    }
    let engine = Engine(decoder, options: options)
    let requests = try self.requests(decoder, newTokens: newTokens)
    let first = ContinuousClock.now
    _ = Prefiller(engine).prefill([requests[0]])
    let firstToken = (ContinuousClock.now - first).inSeconds
    // Once for nothing but the first two tokens: memory is found and weights are read.
    _ = try answer(try self.requests(decoder, newTokens: 2), engine)
    var best: (prefill: Double, decode: Double)?
    for _ in 0..<max(1, repetitions) {
      let taken = try answer(requests, engine)
      if best.map({ taken.prefill + taken.decode < $0.prefill + $0.decode }) ?? true {
        best = taken
      }
    }
    let (prefill, decode) = best ?? (0, 0)
    return WorkloadResult(
      workload: self, model: folder.path, kernels: Kernels.name, workers: options.workers,
      threadsPerWorker: options.threadsPerWorker, startUpSeconds: startUp,
      firstTokenSeconds: firstToken, prefillSeconds: prefill, decodeSeconds: decode,
      seconds: prefill + decode,
      prefillTokensPerSecond: Double(prompts * promptTokens) / prefill,
      newTokensPerSecond: Double(prompts * newTokens) / (prefill + decode),
      peakMemoryBytes: PeakMemory.bytes)
  }

  private func requests(_ decoder: Decoder, newTokens: Int) throws -> [GenerationRequest] {
    let settings = try SearchSettings(
      numBeams: beams, maxNewTokens: newTokens, minNewTokens: 0, endOfSequence: [])
    let made = adapters.map { method in
      (0..<adapterCount).map { RandomAdapter.make(method, decoder.configuration, seed: $0) }
    }
    var random = SplitMix(state: 42)
    return (0..<prompts).map { index in
      let tokens = (0..<promptTokens).map { _ in
        Int32.random(in: 3..<Int32(decoder.vocabularySize), using: &random)
      }
      return GenerationRequest(
        tokens: tokens, adapter: made.map { $0[index % adapterCount] }, settings: settings,
        row: UInt64(index))
    }
  }

  /// All workers prefill, then all decode, each its share.
  private func answer(_ requests: [GenerationRequest], _ engine: Engine) throws -> (
    prefill: Double, decode: Double
  ) {
    let workers = engine.options.workers
    let shares = (0..<workers).map { worker in
      Array(
        requests[worker * requests.count / workers..<(worker + 1) * requests.count / workers])
    }
    let prefilled = Mutex([[PrefilledPrompt]](repeating: [], count: workers))
    let failure = Mutex<SearchError?>(nil)
    let start = ContinuousClock.now
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      let done = Prefiller(engine).prefill(shares[worker])
      prefilled.withLock { $0[worker] = done }
    }
    let middle = ContinuousClock.now
    let states = prefilled.withLock(\.self)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      var waiting = states[worker][...]
      let batch = RunningBatch<Int>(engine)
      repeat {
        while let next = waiting.first, batch.hasRoom(for: next) {
          batch.join(next, tag: 0)
          waiting = waiting.dropFirst()
        }
        for (_, result) in batch.step() {
          if case .failure(let error) = result { failure.withLock { $0 = error } }
        }
      } while batch.laneCount > 0 || !waiting.isEmpty
    }
    if let error = failure.withLock(\.self) { throw error }
    return ((middle - start).inSeconds, (ContinuousClock.now - middle).inSeconds)
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Steele, Lea and Flood, 2014: the same prompts on every machine.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var bits = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
