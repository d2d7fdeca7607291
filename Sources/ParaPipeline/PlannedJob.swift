import Foundation
import ParaAdapters
import ParaCheckpoints
public import ParaEngine
public import ParaJobs
import ParaModel
import ParaTensors

/// A job whose model is loaded and whose memory is planned; nothing is written yet.
public struct PlannedJob: Sendable {
  public let job: Job
  /// Bytes that the process may take.
  public let limit: Int
  /// What the job will take.
  public let plan: MemoryPlan
  /// What it would take with the job's own settings.
  public let asked: MemoryPlan
  let model: LanguageModel
  /// The rows that were looked at for it.
  let sampledRows: Int
  let hasMoreRows: Bool
  /// Loading may have taken more than running will.
  private let peakSoFar: Int

  /// - Throws: `JobError`, `JobTemplateError`, `ScoringError` or `SearchError` for what is wrong with the job itself;
  ///   `CheckpointError`, `TokenizerError` or `IngestError` for its files; `MemoryError` if it does not fit.
  public init(_ job: Job) throws {
    self.job = job
    try job.checkPaths()
    _ = try score(job.tasks)
    for input in job.inputs { _ = try input.generation.search(endOfSequence: []) }
    limit = job.memoryLimit
    try job.checkWeights(within: limit)
    model = try LanguageModel(job)
    let adapters = job.adapterFootprints(in: model.adapters)
    let sample = try JobSample(job, model, adapters)
    (sampledRows, hasMoreRows) = (sample.rowCount, !sample.isWhole)
    var demand = MemoryPlan.Demand(model.decoder, requests: sample.requests)
    demand.adapters = MemoryPlan.AdapterDemand(
      bytes: adapters.values.map(\.atWork), budget: job.engine.adapterMemory)
    let options = EngineOptions(
      threads: min(job.engine.threads, ProcessorCount.available), for: model.decoder,
      allLanes: sample.isWhole ? sample.requests.reduce(0) { $0 + $1.lanes } : nil,
      maximumLanes: job.engine.maxLanes, batchTokens: job.engine.batchTokens)
    asked = MemoryPlan(demand, options: options)
    do throws(MemoryPlan.Shortage) {
      plan = try MemoryPlan.fitting(limit, demand, options: options)
    } catch {
      throw MemoryError(needed: error.needed, limit: error.limit, job)
    }
    peakSoFar = ProcessMemory.peakBytes ?? 0
  }

  /// Bytes that the process will have taken at its peak.
  public var peak: Int { max(plan.peak, peakSoFar) }
}

extension Job {
  /// Most of the memory there is, where the job does not say.
  var memoryLimit: Int {
    engine.memory ?? MachineMemory().bytes.map { $0 / 10 * 8 } ?? .max
  }

  /// Looks whether the weights alone fit, before they are loaded.
  fileprivate func checkWeights(within limit: Int) throws {
    let folder = try ModelFolder(URL(filePath: model))
    let stored: Weight.Format = folder.formats.contains("BF16") ? .bfloat16 : .float32
    let needed = ModelFootprint(folder, compute: engine.computeType, cache: engine.cacheType)
      .weights(stored: stored)
    guard needed <= limit else { throw MemoryError(needed: needed, limit: limit, self) }
  }

  /// Looks whether the folders and files that the job names are there, before anything is read or
  /// written.
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

  /// What the adapters take that rows may ask for, by name.
  fileprivate func adapterFootprints(in bank: AdapterBank) -> [String: AdapterFootprint] {
    let names = inputs.flatMap { input in
      switch input.adapters {
      case .each(let some): some.compactMap(\.self)
      case .field: adapters.map(\.name)
      }
    }
    return Set(names).reduce(into: [:]) { $0[$1] = bank.footprint(named: $1) }
  }
}
