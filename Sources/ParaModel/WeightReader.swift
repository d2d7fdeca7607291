import ParaCheckpoints
import ParaTensors

/// Reads a model folder's tensors and keeps account of them, so that none is left over in silence.
struct WeightReader {
  private let folder: ModelFolder
  private var used: Set<String> = []
  private let compute: ComputeType
  private let parallel: Parallel
  var model: ModelConfiguration { folder.configuration }

  init(_ folder: ModelFolder, compute: ComputeType, parallel: Parallel) {
    self.folder = folder
    self.compute = compute
    self.parallel = parallel
  }

  /// A matrix packed for its products.
  mutating func matrix(_ name: String, rows: Int, columns: Int) throws -> PackedWeight {
    PackedWeight(
      try stored(name, rows: rows, columns: columns), for: compute, parallel: parallel)
  }

  /// The head, of weights of its own or the embedding's.
  mutating func head() throws -> ShortlistLMHead {
    ShortlistLMHead(
      try stored(
        model.tiedHead ? "model.embed_tokens.weight" : "lm_head.weight",
        rows: model.vocabularySize, columns: model.hiddenSize),
      for: compute, cap: model.logitCap, parallel: parallel)
  }

  /// A matrix as its file holds it.
  mutating func stored(_ name: String, rows: Int, columns: Int) throws -> Weight {
    used.insert(name)
    return try folder.storedWeight(name, rows: rows, columns: columns)
  }

  /// A vector in fp32.
  mutating func vector(_ name: String, count: Int) throws -> Weight {
    used.insert(name)
    return try folder.weight(name, rows: 1, columns: count)
  }

  /// The factors of a norm: its stored weights and the model's offset.
  mutating func norm(_ name: String, count: Int) throws -> Weight {
    let stored = try vector(name, count: count)
    guard model.normOffset != 0 else { return stored }
    return Weight(
      FloatBuffer(stored.array.map { $0 + model.normOffset }), rows: 1, columns: stored.columns)
  }

  /// Gives back the memory of what has been packed.
  func releasePages() { folder.releasePages() }

  /// Throws if the folder holds tensors that were not read.
  func finish() throws {
    try folder.refuseTensors(except: used)
    releasePages()
  }
}
