import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaDecoding
public import ParaEngine
public import ParaJobs
import ParaModel
import ParaReports
import ParaTensors

/// A job whose model is loaded and whose peak memory is computed; nothing is written yet.
public struct PlannedJob: Sendable {
  public let job: Job
  /// The memory limit of the process, in bytes.
  public let limit: Int
  /// The plan that the job will run with.
  public let plan: MemoryPlan
  /// The plan with the job's own settings, before any was lowered to fit.
  public let requested: MemoryPlan
  let model: LanguageModel
  /// How many rows were sampled for the plan.
  let sampledRows: Int
  let hasMoreRows: Bool
  /// The peak while loading, which may be more than running will need.
  private let peakSoFar: Int

  /// - Throws: `JobError` or `SearchError` for what is wrong with the job itself;
  ///   `CheckpointError`, `TokenizerError` or `IngestError` for its files; `MemoryError` if it does not fit.
  public init(_ job: Job) throws {
    self.job = job
    try job.checkPaths()
    for input in job.inputs { try input.generation.validate() }
    limit = job.memoryLimit
    try job.checkWeights(within: limit)
    model = try LanguageModel(job)
    try job.checkAdapters(in: model.adapters)
    let adapters = job.adapterFootprints(in: model.adapters)
    let sample = try JobSample(job, model, adapters)
    (sampledRows, hasMoreRows) = (sample.rowCount, !sample.isWhole)
    var demand = MemoryPlan.Demand(model.decoder, requests: sample.requests)
    demand.adapters = MemoryPlan.AdapterDemand(
      bytes: adapters.values.map(\.bytes), budget: job.engine.adapterMemory)
    demand.sharedPrefixes = sample.sharedPrefixBytes(model.decoder.footprint)
    var options = EngineOptions(
      threads: min(job.engine.threads, ProcessorCount.available), for: model.decoder,
      allLanes: sample.isWhole ? sample.requests.reduce(0) { $0 + $1.lanes } : nil,
      maximumLanes: job.engine.maxLanes, batchTokens: job.engine.batchTokens)
    options.prefixMemory = job.engine.prefixMemory
    requested = MemoryPlan(demand, options: options)
    do throws(MemoryPlan.Shortage) {
      plan = try MemoryPlan.fitting(limit, demand, options: options)
    } catch {
      throw MemoryError(needed: error.needed, limit: error.limit, job)
    }
    peakSoFar = ProcessMemory.peakBytes ?? 0
  }

  /// The process's planned peak memory, in bytes.
  public var peak: Int { max(plan.peak, peakSoFar) }
}

extension Job {
  /// The job's own limit, or 80 % of the memory that this process has.
  var memoryLimit: Int {
    engine.memory ?? MachineMemory().bytes.map { $0 / 10 * 8 } ?? .max
  }

  /// Checks that the weights alone fit, before they are loaded.
  fileprivate func checkWeights(within limit: Int) throws {
    let folder = try ModelFolder(URL(filePath: model))
    let stored: Weight.Format = folder.formats.contains("BF16") ? .bfloat16 : .float32
    let needed = ModelFootprint(folder, compute: engine.computeType, cache: engine.cacheType)
      .weights(stored: stored)
    guard needed <= limit else { throw MemoryError(needed: needed, limit: limit, self) }
  }

  /// Checks that the folders and files that the job names exist, before anything is read or written.
  fileprivate func checkPaths() throws {
    let named =
      [("model", model)] + adapters.map { ("adapter '\($0.name)'", $0.path) }
      + inputs.map { ("input", $0.path) }
    for (what, path) in named where !FileManager.default.fileExists(atPath: path) {
      throw JobError(
        code: .wrongValue, file: file, line: nil,
        message: "the \(what) is said to be at \(path), where there is nothing.")
    }
  }

  /// Checks the adapters that inputs name for all of their rows. Those that rows name are checked when
  /// they come: one tenant's folder must not stop the others' rows.
  fileprivate func checkAdapters(in cache: AdapterCache) throws {
    let named = inputs.flatMap { input in
      if case .each(let names) = input.adapters { names.compactMap(\.self) } else { [String]() }
    }
    for name in Set(named).sorted() { try cache.check(named: name) }
  }

  /// The footprints of the adapters that rows may use, by name.
  fileprivate func adapterFootprints(in cache: AdapterCache) -> [String: AdapterFootprint] {
    let names = inputs.flatMap { input in
      switch input.adapters {
      case .each(let some): some.compactMap(\.self)
      case .field: adapters.map(\.name)
      }
    }
    return Set(names).reduce(into: [:]) { $0[$1] = cache.footprint(named: $1) }
  }
}

extension PlannedJob: CustomStringConvertible {
  /// A table for people: the parts of the peak, and which settings were lowered to fit.
  public var description: String {
    let parts = plan.parts
    let rows = [
      ("model and program", parts.resident), ("embeddings", parts.embeddings),
      ("adapters", parts.adapters), ("activations and scratch", parts.scratch),
      ("KV cache of prompts", parts.promptCaches),
      ("KV cache of answers", parts.answerCaches),
      ("shared beginnings of prompts", parts.sharedPrefixes), ("rows in the pipeline", parts.rows),
      ("peak", peak), ("limit", limit),
    ]
    let table = TextTable(rows.map { [$0, ByteCount($1).text] }, [.left, .right]).description
    let options = plan.options
    let text = """
      \(options.workers) × \(options.threadsPerWorker) threads, \(options.maximumLanes) lanes and \
      \(options.batchTokens) batch tokens each, \(options.queuedPrompts) prompts prefilled ahead; \
      \(hasMoreRows ? "the first" : "all") \(sampledRows) rows sampled
      """
    return [table, text, lowered].compactMap(\.self).joined(separator: "\n")
  }

  /// Which settings were lowered to fit, and why; nil if none was.
  var lowered: String? {
    var (old, new) = (requested.options, plan.options)
    (old.prefixMemory, new.prefixMemory) = (0, 0)  // never needed, so never lowered
    guard old != new || plan.refused > 0 else { return nil }
    let changes = [
      ("workers", old.workers, new.workers), ("max_lanes", old.maximumLanes, new.maximumLanes),
      ("batch_tokens", old.batchTokens, new.batchTokens),
      ("prefilled prompts", old.queuedPrompts, new.queuedPrompts),
    ].filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) → \($0.2)" }
    let refused = plan.refused > 0 ? "; rows that need more than that will be refused" : ""
    return """
      lowered: \(changes.joined(separator: ", ")), because the job would take \(ByteCount(requested.peak).text) and may \
      take \(ByteCount(limit).text)\(refused)
      """
  }
}

/// A job that does not fit into its memory limit; thrown before anything is written.
public struct MemoryError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The least number of bytes that the job can run with.
  public let needed: Int
  public let limit: Int
  /// Settings that would lower that number.
  private let remedies: [String]

  init(needed: Int, limit: Int, _ job: Job) {
    self.needed = needed
    self.limit = limit
    let (compute, cache) = (job.engine.computeType, job.engine.cacheType)
    var remedies: [String] = []
    switch compute {
    case .float32: remedies.append("compute_type: int8 or bfloat16")
    case .bfloat16: remedies.append("compute_type: int8")
    case .int8: break
    }
    switch cache ?? KVCacheType(compute) {
    case .float32: remedies.append("kv_cache_type: int8 or bfloat16")
    case .bfloat16: remedies.append("kv_cache_type: int8")
    case .int8: break
    }
    if !job.adapters.isEmpty { remedies.append("a smaller adapter_memory") }
    self.remedies = remedies
  }

  public var description: String {
    let smaller =
      remedies.isEmpty ? "" : ", or make it smaller: \(remedies.joined(separator: ", "))"
    return """
      the job needs at least \(ByteCount(needed).text) of memory and may take \(ByteCount(limit).text): give it more by \
      --memory or engine: {memory: …}\(smaller)
      """
  }
}
