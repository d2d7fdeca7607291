import ParaCheckpoints
import ParaTestSupport
import Testing

@Suite struct ModelConfigurationRefusalTests {
  private static let architectures =
    "LlamaForCausalLM, MistralForCausalLM, Qwen2ForCausalLM, GemmaForCausalLM, Gemma2ForCausalLM, "
    + "Qwen3ForCausalLM, Gemma3ForCausalLM, SmolLM3ForCausalLM, Olmo2ForCausalLM, Phi3ForCausalLM"

  static let plain: [(String, any Sendable, String)] = [
    (
      "architectures", ["BertModel"],
      "describes the architecture BertModel; \(architectures) are supported."
    ),
    ("hidden_act", "relu", "has hidden_act relu; silu, gelu and gelu_pytorch_tanh are supported."),
    (
      "rope_scaling", ["rope_type": "yarn"],
      "has rope_scaling of type yarn; default, linear, llama3 and longrope are supported."
    ),
    ("rope_scaling", ["type": "linear"], "lacks the key rope_scaling.factor."),
    (
      "rope_scaling", ["type": "linear", "factor": -2.5] as [String: any Sendable],
      "has rope_scaling.factor -2.5, which must be above 0."
    ),
    (
      "rope_scaling",
      ["type": "llama3", "low_freq_factor": 4, "high_freq_factor": 1] as [String: any Sendable],
      "has rope_scaling.low_freq_factor 4.0, which is not below high_freq_factor 1.0."
    ),
    ("partial_rotary_factor", 0.5, "has partial_rotary_factor 0.5; only 1 is supported."),
    ("rms_norm_eps", -1, "has rms_norm_eps -1.0, which must be above 0."),
    ("rope_theta", 0, "has rope_theta 0.0, which must be above 0."),
    ("hidden_size", 0, "has hidden_size 0, which no model has."),
    ("num_hidden_layers", -3, "has num_hidden_layers -3, which no model has."),
    ("num_hidden_layers", 1 << 28, "has num_hidden_layers 268435456, which no model has."),
    ("vocab_size", 1 << 40, "has vocab_size 1099511627776, which no model has."),
    (
      "num_key_value_heads", 3,
      "has 8 attention heads over 3 key/value heads of size 8: the first must be a multiple of the second, and the "
        + "size even."
    ),
    (
      "rope_scaling",
      ["rope_type": "llama3", "type": "linear", "factor": 2] as [String: any Sendable],
      "has rope_scaling of rope_type llama3 and type linear; keep the one that is meant."
    ),
    ("vocab_size", "many", "has a value of the wrong type at vocab_size."),
    ("attention_bias", "yes", "has a value of the wrong type at attention_bias."),
  ]

  @Test(arguments: plain.indices) func refuses(index: Int) throws {
    let (key, value, message) = Self.plain[index]
    let error = #expect(throws: CheckpointError.self) {
      try ModelConfigurationTests.read([key: value])
    }
    #expect(error?.message == message)
  }

  static let ofFamilies: [(String, [String: any Sendable], String)] = [
    (
      "MistralForCausalLM", ["sliding_window": 0],
      "has sliding_window 0; a token sees one position at least."
    ),
    (
      "Qwen2ForCausalLM", ["layer_types": ["full_attention"]],
      "has 1 layer_types for 5 num_hidden_layers."
    ),
    (
      "Qwen2ForCausalLM", ["layer_types": Array(repeating: "sliding_attention", count: 5)],
      "has layers of sliding_attention, but no sliding_window in use."
    ),
    (
      "Gemma2ForCausalLM", ["layer_types": Array(repeating: "chunked_attention", count: 5)],
      "has chunked_attention in layer_types; full_attention and sliding_attention are supported."
    ),
    (
      "Gemma2ForCausalLM", ["attn_logit_softcapping": 0],
      "has attn_logit_softcapping 0.0, which must be above 0."
    ),
    (
      "Gemma2ForCausalLM", ["query_pre_attn_scalar": -1],
      "has query_pre_attn_scalar -1.0, which must be above 0."
    ),
    (
      "Gemma2ForCausalLM", ["hidden_activation": "mish"],
      "has hidden_activation mish; silu, gelu and gelu_pytorch_tanh are supported."
    ),
    (
      "Gemma3ForCausalLM", ["use_bidirectional_attention": true],
      "asks for use_bidirectional_attention, which is not supported for this architecture."
    ),
    (
      "Gemma3ForCausalLM", ["attn_logit_softcapping": 50.0],
      "asks for attn_logit_softcapping, which is not supported for this architecture."
    ),
    (
      "Gemma3ForCausalLM",
      ["rope_parameters": ["rope_type": "default", "rope_theta": 1.0] as [String: any Sendable]],
      "has rope_parameters without those of full_attention."
    ),
    (
      "Gemma3ForConditionalGeneration", [:],
      "describes the architecture Gemma3ForConditionalGeneration; \(architectures) are supported."
    ),
    (
      "SmolLM3ForCausalLM", ["no_rope_layers": [1, 1, 0]],
      "has no_rope_layers [1, 1, 0]; a 0 or 1 for each of the 5 layers is needed."
    ),
    (
      "SmolLM3ForCausalLM", ["no_rope_layer_interval": 0],
      "has no_rope_layer_interval 0, which must be above 0."
    ),
    (
      "Phi3ForCausalLM", ["rope_scaling": ["type": "yarn"]],
      "has rope_scaling of type yarn; default, linear, llama3 and longrope are supported."
    ),
    (
      "Phi3ForCausalLM",
      [
        "rope_scaling": ["type": "longrope", "short_factor": [1.0, 2.0]] as [String: any Sendable]
      ],
      "has 2 numbers in rope_scaling.short_factor; 4 are needed, one for each rotated pair of "
        + "features."
    ),
    (
      "Phi3ForCausalLM", ["partial_rotary_factor": 1.5],
      "has partial_rotary_factor 1.5; it must be at most 1."
    ),
    (
      "Phi3ForCausalLM", ["partial_rotary_factor": 0.4],
      "has partial_rotary_factor 0.4, which rotates 3 of 8 features of a head: the count must be "
        + "even and above 0."
    ),
  ]

  @Test(arguments: ofFamilies.indices) func refusesOfAFamily(index: Int) throws {
    var (architecture, changes, message) = Self.ofFamilies[index]
    changes["architectures"] = [architecture]
    let error = #expect(throws: CheckpointError.self) {
      try ModelConfigurationTests.read(changes)
    }
    #expect(error?.message == message)
  }

  @Test func namesAMissingKey() throws {
    let error = #expect(throws: CheckpointError.self) {
      try ModelConfigurationTests.read(without: "vocab_size")
    }
    #expect(error?.message == "lacks the key vocab_size.")
  }
}
