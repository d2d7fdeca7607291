public import Foundation
public import ParaAdapters
public import ParaCheckpoints
public import ParaJobs
public import ParaModel
public import ParaTensors
public import ParaTokenizers

/// A model folder ready to use: its decoder, its tokenizer, and the adapters that are at work on
/// it.
public struct LanguageModel: Sendable {
  public let folder: ModelFolder
  public let decoder: Decoder
  public let tokenizer: Tokenizer
  public let adapters: AdapterBank

  /// - Parameters:
  ///   - url: A Hugging Face model folder.
  ///   - adapters: Adapter folders by name, read when first needed.
  ///   - adapterMemory: Bytes that adapters not at work may take; the least recently used leave.
  ///   - compute: The numbers that products run on.
  ///   - cache: The numbers in which keys and values are kept; by default fp32 with fp32 products,
  ///     else bf16.
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
    guard tokenizer.vocabularySize <= decoder.vocabularySize else {
      throw CheckpointError(
        .unsupported, url,
        "has a tokenizer of \(tokenizer.vocabularySize) tokens, more than the model's \(decoder.vocabularySize)."
      )
    }
    self.adapters = AdapterBank(folders: adapters, for: folder, budget: adapterMemory)
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
