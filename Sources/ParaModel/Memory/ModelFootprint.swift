public import ParaCheckpoints
public import ParaTensors

/// What a model's weights, KV caches and forward passes take in memory, in bytes: arithmetic on its shape.
///
/// Exact for what the formulas name, up to whole pages; small lists are left out.
public struct ModelFootprint: Sendable, Hashable {
  package let model: ModelConfiguration
  package let compute: ComputeType
  private let cache: KVCacheType?
  var attention: Attention { Attention(model, compute, cache: cache) }

  package init(_ model: ModelConfiguration, compute: ComputeType, cache: KVCacheType? = nil) {
    self.model = model
    self.compute = compute
    self.cache = cache
  }

  /// The footprint that the model of a folder will have.
  public init(_ folder: ModelFolder, compute: ComputeType, cache: KVCacheType?) {
    self.init(folder.configuration, compute: compute, cache: cache)
  }

  /// The packed projections and head of weights stored in a format.
  package func weights(stored format: Weight.Format) -> Int {
    let kind = PackedWeight.Precision(format, compute)
    let layer = Projection.allCases.reduce(0) {
      $0
        + PackedWeight.byteCount(
          rows: $1.outputSize(model), columns: $1.inputSize(model), kind)
    }
    return model.layers * layer
      + ShortlistLMHead.byteCount(
        vocabulary: model.vocabularySize, hidden: model.hiddenSize, format, compute)
  }

  /// The keys and values of a prompt.
  public func promptCache(tokens: Int) -> Int {
    PromptKVCache.byteCount(length: tokens, layers: model.layers, attention)
  }

  /// The keys and values of an answer that has run to its full length in all lanes.
  public func generatedCache(lanes: Int, newTokens: Int) -> Int {
    GeneratedKVCache.byteCount(
      beams: lanes, newTokens: newTokens, layers: model.layers, attention)
  }

  /// The activation buffers of a forward pass, outside those of low-rank updates and scaled inputs:
  /// some hundred elements a row of a block.
  public func scratch(_ size: ForwardSize) -> Int {
    let table = ActivationTable(model: model, attention: attention, compute: compute)
    let elements = (ActivationTable.reserved + [.logits]).map { table.elements($0, size) }
    return elements.reduce(0, +) * MemoryLayout<Float>.size
  }

  /// Rows of whole logits that are computed at a time: a vocabulary may have 256 k tokens.
  package static let wholeRows = 16
}
