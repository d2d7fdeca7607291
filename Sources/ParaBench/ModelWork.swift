import ParaCheckpoints

/// What a model costs for each token, whatever the engine.
struct ModelWork: Sendable, Hashable {
  /// Multiply-adds a token in all layers' projections, which is also how many weights they have.
  var layers: Int
  /// The same for the head.
  var head: Int
  /// Of the last layer's multiply-adds those that only a prompt's last token needs: all but keys and
  /// values.
  var lastLayer: Int
  /// Multiply-adds of a token with each position that it attends to, scores and values.
  var attention: Int
  /// The same in one layer.
  var layerAttention: Int
  /// Numbers of keys and values that are kept for each position.
  var cache: Int

  init(
    layers: Int, head: Int, lastLayer: Int, attention: Int, layerAttention: Int, cache: Int
  ) {
    self.layers = layers
    self.head = head
    self.lastLayer = lastLayer
    self.attention = attention
    self.layerAttention = layerAttention
    self.cache = cache
  }

  init(_ model: ModelConfiguration) {
    let projections =
      2 * model.hiddenSize * (model.querySize + model.keyValueSize)
      + 3 * model.hiddenSize * model.feedForwardSize
    self.init(
      layers: model.layers * projections, head: model.vocabularySize * model.hiddenSize,
      lastLayer: projections - 2 * model.hiddenSize * model.keyValueSize,
      attention: 2 * model.layers * model.querySize, layerAttention: 2 * model.querySize,
      cache: 2 * model.layers * model.keyValueSize)
  }
}
