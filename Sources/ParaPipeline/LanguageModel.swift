public import Foundation
public import ParaAdapters
public import ParaCheckpoints
public import ParaDecoding
import ParaEngine
import ParaJSON
public import ParaJobs
public import ParaModel
import ParaPrompts
public import ParaTensors
public import ParaTokenizers

/// A model folder ready to use: its decoder, its tokenizer, and the cache of its adapters.
public struct LanguageModel: Sendable {
  public let folder: ModelFolder
  public let decoder: Decoder
  public let tokenizer: Tokenizer
  public let adapters: AdapterCache

  /// - Parameters:
  ///   - url: A Hugging Face model folder.
  ///   - adapters: Adapter folders by name, loaded when first needed.
  ///   - adapterMemory: Bytes that cached adapters may take while no row uses them; the least
  ///     recently used are evicted.
  ///   - compute: The compute type.
  ///   - cache: The KV cache's data type; by default the one that goes with the compute type.
  /// - Throws: `CheckpointError` or `TokenizerError`, naming the file.
  public init(
    _ url: URL, adapters: [String: URL] = [:], adapterMemory: Int = .max,
    compute: ComputeType = .float32, cache: KVCacheType? = nil
  ) throws {
    folder = try ModelFolder(url)
    decoder = try Decoder(
      folder, compute: compute, cache: cache,
      threads: ProcessorCount.available)
    tokenizer = try Tokenizer(folder: url)
    self.adapters = AdapterCache(folders: adapters, for: folder, budget: adapterMemory)
  }

  /// The model that a job names, with its adapters.
  public init(_ job: Job) throws {
    let folders = job.adapters.map { ($0.name, URL(filePath: $0.path)) }
    try self.init(
      URL(filePath: job.model), adapters: Dictionary(folders, uniquingKeysWith: { $1 }),
      adapterMemory: job.engine.adapterMemory, compute: job.engine.computeType,
      cache: job.engine.cacheType)
  }
}

extension LanguageModel {
  /// The settings of the model's `generation_config.json`.
  ///
  /// - Throws: `CheckpointError` if the file cannot be read.
  public func generationDefaults() throws -> GenerationOptions {
    try GenerationOptions(modelFolder: folder.url)
  }

  /// Answers one prompt on the calling thread.
  ///
  /// - Returns: The hypotheses, best first, with their text.
  /// - Throws: An error with a message for people if the prompt is empty or too long, or the adapter
  ///   cannot be used.
  public func generate(
    _ text: String, adapter: String? = nil, _ settings: GenerationSettings, threads: Int
  ) throws -> [Completion.Answer] {
    let task = try Job.Task(named: "prompt", parsing: "doc_to_text: prompt")
    let row = SourceRow(
      fields: ["prompt": .string(text)], task: task.name, adapter: adapter, generation: settings)
    let prompt = try PromptBuilder([task], self).prompt(row)
    let engine = Engine(decoder, options: EngineOptions(workers: 1, threadsPerWorker: threads))
    return try engine.generate([try prompt.request(row: 0)])[0].map {
      Completion.Answer(hypothesis: $0, text: tokenizer.decode($0.tokens))
    }
  }
}

extension LanguageModel {
  /// Converts a llama2.c checkpoint and its tokenizer to a Hugging Face model folder.
  ///
  /// - Throws: `CheckpointError` or `TokenizerError`, naming the file and what is wrong in it.
  public static func convertLlama2C(_ checkpoint: URL, tokenizer: URL, into folder: URL) throws {
    let model = try Llama2CCheckpoint(checkpoint)
    let pieces = try SentencePieceModel(llama2c: tokenizer)
    guard pieces.pieces.count <= model.vocabularySize else {
      throw CheckpointError(
        .unsupported, tokenizer,
        "has \(pieces.pieces.count) pieces, but the model only \(model.vocabularySize) tokens: it is another model's."
      )
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try model.write(to: folder)
    try Data(pieces.serialized()).write(
      to: folder.appending(path: "tokenizer.model"), options: .atomic)
  }
}
