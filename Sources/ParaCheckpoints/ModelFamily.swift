/// The architectures that can be run, by the name that `architectures` gives them.
enum ModelFamily: String, CaseIterable {
  case llama = "LlamaForCausalLM"
  case mistral = "MistralForCausalLM"
  case qwen2 = "Qwen2ForCausalLM"
  case gemma = "GemmaForCausalLM"
  case gemma2 = "Gemma2ForCausalLM"

  /// `config.json`'s `model_type`.
  private var modelType: String { "\(self)" }

  init?(architecture: String) {
    guard
      let family = Self.allCases.first(where: {
        $0.rawValue == architecture || $0.modelType == architecture
      })
    else { return nil }
    self = family
  }

  /// What a key means that `config.json` lacks: the defaults of transformers 4.57's configuration
  /// classes.
  var defaults: [String: any Sendable] {
    Self.commonDefaults.merging(ownDefaults) { $1 }
  }

  private static let commonDefaults: [String: any Sendable] = [
    "rms_norm_eps": 1e-6, "rope_theta": 10_000.0, "hidden_act": "silu",
    "tie_word_embeddings": false, "attention_bias": false, "mlp_bias": false,
    "partial_rotary_factor": 1.0,
  ]

  private var ownDefaults: [String: any Sendable] {
    switch self {
    case .llama: ["max_position_embeddings": 2048, "eos_token_id": 2]
    case .mistral: Self.mistralDefaults
    case .qwen2: Self.qwen2Defaults
    case .gemma: Self.gemmaDefaults
    case .gemma2: Self.gemma2Defaults
    }
  }
}
