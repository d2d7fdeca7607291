package import Foundation
import ParaTensors

extension ModelConfiguration {
  /// Reads `config.json` and, where one lies beside it, `generation_config.json`.
  package init(_ url: URL) throws {
    var keys = try ConfigurationKeys(url)
    let family = try ModelFamilies.family(of: keys)
    keys.add(defaults: family.defaults)
    keys.add(defaults: ModelFamilies.commonDefaults)
    try self.init(family, keys)
  }

  private init(_ family: any ModelFamily.Type, _ keys: ConfigurationKeys) throws {
    vocabularySize = try keys.integer("vocab_size")
    hiddenSize = try keys.integer("hidden_size")
    feedForwardSize = try keys.integer("intermediate_size")
    layers = try keys.integer("num_hidden_layers")
    heads = try keys.integer("num_attention_heads")
    keyValueHeads = try keys.optionalInteger("num_key_value_heads") ?? heads
    headSize =
      try keys.optionalInteger("head_dim") ?? (heads > 0 ? hiddenSize / heads : 0)
    contextLength = try keys.contextLength()
    normEpsilon = Float(try keys.positive("rms_norm_eps"))
    tiedHead = try keys.flag("tie_word_embeddings")
    endOfSequence = try Self.endOfSequence(keys, vocabularySize)
    activation = try keys.activation("hidden_act")
    attentionScale = 1 / Float(headSize).squareRoot()
    try checkShape(keys)
    windows = Array(repeating: .max, count: layers)
    try family.resolve(&self, keys)
    if rotary.isEmpty {
      rotary = Array(repeating: try keys.rotary(headSize: headSize), count: layers)
    }
  }

  private func checkShape(_ keys: ConfigurationKeys) throws {
    let sizes = [
      ("vocab_size", vocabularySize), ("hidden_size", hiddenSize),
      ("intermediate_size", feedForwardSize), ("num_hidden_layers", layers),
      ("num_attention_heads", heads), ("num_key_value_heads", keyValueHeads),
      ("head_dim", headSize), ("max_position_embeddings", contextLength),
    ]
    // The bounds keep every product of two sizes far from overflow, and lists of layers short.
    for (name, size) in sizes
    where size < 1 || size > (name == "num_hidden_layers" ? 1 << 16 : 1 << 28) {
      throw keys.malformed("has \(name) \(size), which no model has.")
    }
    guard heads % keyValueHeads == 0, headSize % 2 == 0 else {
      throw keys.malformed(
        "has \(heads) attention heads over \(keyValueHeads) key/value heads of size \(headSize): "
          + "the first must be a multiple of the second, and the size even.")
    }
  }

  /// transformers generates by `generation_config.json` alone where there is one; the end tokens
  /// that a chat model adds are often only there. Each counts once; those beyond the vocabulary, as a
  /// pruned model's file still has them, never come.
  private static func endOfSequence(
    _ keys: ConfigurationKeys, _ vocabularySize: Int
  ) throws -> [Int32] {
    var seen: Set<Int32> = []
    return try namedEnds(keys).filter {
      $0 >= 0 && $0 < vocabularySize && seen.insert($0).inserted
    }
  }

  private static func namedEnds(_ keys: ConfigurationKeys) throws -> [Int32] {
    let url = keys.url.deletingLastPathComponent().appending(path: "generation_config.json")
    if FileManager.default.fileExists(atPath: url.path) {
      let generation = try ConfigurationKeys(url)
      if generation.has("eos_token_id") { return try generation.tokens("eos_token_id") }
    }
    return try keys.tokens("eos_token_id")
  }
}
