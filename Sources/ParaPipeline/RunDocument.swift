import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaDecoding
import ParaEngine
import ParaFlow
import ParaJobs
import ParaModel
import ParaTensors

/// `run.json`: what ran, on what, and how long each stage took.
struct RunDocument: Encodable {
  struct Source: Encodable {
    var path: String
    var sha256: String
  }

  struct AdapterPart: Encodable {
    var path: String
    var sha256: String
    var method: AdapterMethod
    var parameters: Int
  }

  struct InputPart: Encodable {
    var path: String
    var sha256: String
    var task: String
    var generation: GenerationSettings
  }

  struct EnginePart: Encodable {
    var workers: Int
    var threadsPerWorker: Int
    var maximumLanes: Int
    var batchTokens: Int
    var queuedPrompts: Int
    /// The memory limit of the process, in bytes.
    var memory: Int
    var adapterMemory: Int
    var prefixMemory: Int
    var computeType: ComputeType
    var kvCacheType: KVCacheType
    /// The kernels' instruction set.
    var kernels = Kernels.name
  }

  var paraVersion = Version.current
  var platform = ProcessInfo.processInfo.operatingSystemVersionString
  var processors = ProcessorCount.available
  var started: Date
  var seconds: Double
  var peakMemoryBytes: Int?
  var plannedPeakMemoryBytes: Int
  var plannedMemory: MemoryPlan.Parts
  var job: Source
  var model: Source
  var modelParameters: Int
  /// The adapters that rows used, by name.
  var adapters: [String: AdapterPart]
  var inputs: [InputPart]
  var engine: EnginePart
  var rows: RunCounts
  var stages: [StageStatistics]
  var scoreDefinition = """
    score = sum_log_probability / generated_length ^ length_penalty; the generated length counts the end-of-sequence \
    token, the prompt does not count. Choices are ranked by sum_log_probability. Metrics compare the answer without the \
    white space around it.
    """

  init(
    _ planned: PlannedJob, stages: [StageStatistics], counts: RunCounts, start: Date
  ) throws {
    let (job, model, engine) = (planned.job, planned.model, planned.plan.options)
    plannedPeakMemoryBytes = planned.peak
    plannedMemory = planned.plan.parts
    started = start
    seconds = Date().timeIntervalSince(start)
    self.job = Source(path: job.file, sha256: try ContentHash.of(file: URL(filePath: job.file)))
    self.model = Source(path: job.model, sha256: try model.folder.contentHash())
    modelParameters = model.decoder.parameterCount
    let used = model.adapters.adapters
    adapters = job.adapters.reduce(into: [:]) { parts, named in
      guard let adapter = used[named.name] else { return }
      parts[named.name] = AdapterPart(
        path: named.path, sha256: adapter.contentHash, method: adapter.method,
        parameters: adapter.parameterCount)
    }
    inputs = try job.inputs.map {
      InputPart(
        path: $0.path, sha256: try ContentHash.of(file: URL(filePath: $0.path)), task: $0.task,
        generation: $0.generation)
    }
    self.engine = EnginePart(
      workers: engine.workers, threadsPerWorker: engine.threadsPerWorker,
      maximumLanes: engine.maximumLanes,
      batchTokens: engine.batchTokens, queuedPrompts: engine.queuedPrompts, memory: planned.limit,
      adapterMemory: job.engine.adapterMemory, prefixMemory: engine.prefixMemory,
      computeType: model.decoder.compute, kvCacheType: model.decoder.cacheFormat)
    rows = counts
    self.stages = stages
    peakMemoryBytes = ProcessMemory.peakBytes  // includes hashing the inputs
  }
}

/// The product's version, as `para --version` and `run.json` show it.
public enum Version {
  public static let current = "0.1.0"
}
