import Foundation

extension ModelFamily {
  static let gemmaDefaults: [String: any Sendable] = [
    "max_position_embeddings": 8192, "eos_token_id": 1, "num_key_value_heads": 16,
    "head_dim": 256, "hidden_act": "gelu_pytorch_tanh", "tie_word_embeddings": true,
  ]

  static let gemma2Defaults: [String: any Sendable] = [
    "max_position_embeddings": 8192, "eos_token_id": 1, "num_key_value_heads": 4,
    "head_dim": 256, "hidden_activation": "gelu_pytorch_tanh", "tie_word_embeddings": true,
    "query_pre_attn_scalar": 256.0, "sliding_window": 4096, "final_logit_softcapping": 30.0,
    "attn_logit_softcapping": 50.0,
  ]
}

extension ModelConfiguration {
  /// Gemma: embeddings scaled by √hidden, norms by 1 + weight.
  mutating func resolveGemma(_ file: ModelConfigurationFile) {
    attentionBias = file.attentionBias ? .everywhere : .none
    embeddingScale = Float(Double(hiddenSize).squareRoot())
    normOffset = 1
  }

  /// Gemma 2: as Gemma, with norms after each block too, capped scores and logits, a scale of its
  /// own for the scores, and a window in every other layer, the first among them.
  mutating func resolveGemma2(_ file: ModelConfigurationFile, _ url: URL) throws {
    resolveGemma(file)
    outputNorms = true
    activation = try Self.activation("hidden_activation", file.hiddenActivation ?? "null", url)
    let scalar = try Self.positive("query_pre_attn_scalar", file.queryPreAttnScalar ?? 0, url)
    attentionScale = Float(1 / scalar.squareRoot())
    attentionCap = try Self.cap("attn_logit_softcapping", file.attnLogitSoftcapping, url)
    logitCap = try Self.cap("final_logit_softcapping", file.finalLogitSoftcapping, url)
    try resolveWindows(file, window: file.slidingWindow, url) { $0 % 2 == 0 }
  }

  private static func cap(_ key: String, _ value: Double?, _ url: URL) throws -> Float {
    try value.map { Float(try positive(key, $0, url)) } ?? .infinity
  }
}
