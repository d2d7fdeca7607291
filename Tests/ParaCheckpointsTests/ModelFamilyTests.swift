import Foundation
import ParaCheckpoints
import ParaTensors
import ParaTestSupport
import Testing

/// What each family's keys and defaults resolve to.
@Suite struct ModelFamilyTests {
  private static func read(
    _ changes: [String: any Sendable] = [:], without absent: String? = nil
  ) throws -> ModelConfiguration {
    try ModelConfigurationTests.read(changes, without: absent)
  }

  @Test func resolvesMistral() throws {
    let mistral: [String: any Sendable] = ["architectures": ["MistralForCausalLM"]]
    #expect(try Self.read(mistral).windows == Array(repeating: 4096, count: 5))
    let full = try Self.read(mistral.merging(["sliding_window": NSNull()]) { $1 })
    #expect(full.windows == Array(repeating: .max, count: 5))
    #expect(try Self.read(mistral, without: "num_key_value_heads").keyValueHeads == 8)
  }

  @Test func resolvesQwen2() throws {
    let qwen: [String: any Sendable] = [
      "architectures": ["Qwen2ForCausalLM"], "sliding_window": 100, "max_window_layers": 3,
    ]
    let full = try Self.read(qwen)
    #expect(full.attentionBias == .queryKeyValue)
    #expect(full.windows == Array(repeating: .max, count: 5))
    let sliding = try Self.read(qwen.merging(["use_sliding_window": true]) { $1 })
    #expect(sliding.windows == [.max, .max, .max, 100, 100])
  }

  @Test func resolvesGemma() throws {
    let gemma = try Self.read(["architectures": ["GemmaForCausalLM"]], without: "eos_token_id")
    #expect(gemma.activation == .geluTanh && gemma.headSize == 256 && gemma.endOfSequence == [1])
    #expect(gemma.normOffset == 1 && gemma.embeddingScale == 8 && !gemma.outputNorms)
    let erf = try Self.read(["architectures": ["GemmaForCausalLM"], "hidden_act": "gelu"])
    #expect(erf.activation == .gelu)
  }

  @Test func resolvesGemma2() throws {
    let gemma2: [String: any Sendable] = ["architectures": ["Gemma2ForCausalLM"]]
    let model = try Self.read(gemma2)
    #expect(model.activation == .geluTanh && model.outputNorms && model.normOffset == 1)
    #expect(model.attentionCap == 50 && model.logitCap == 30 && model.attentionScale == 1.0 / 16)
    #expect(model.windows == [4096, .max, 4096, .max, 4096])
    let changes: [String: any Sendable] = [
      "attn_logit_softcapping": NSNull(), "query_pre_attn_scalar": 4,
      "layer_types": Array(repeating: "full_attention", count: 5),
    ]
    let changed = try Self.read(gemma2.merging(changes) { $1 })
    #expect(changed.attentionCap == .infinity && changed.attentionScale == 0.5)
    #expect(changed.windows == Array(repeating: .max, count: 5))
  }

  @Test func resolvesQwen3() throws {
    let qwen: [String: any Sendable] = ["architectures": ["Qwen3ForCausalLM"]]
    let model = try Self.read(qwen)
    #expect(model.queryKeyNorm == .perHead && model.attentionBias == .none)
    #expect(model.headSize == 128 && model.querySize == 1024)
    #expect(model.windows == Array(repeating: .max, count: 5))
    let changes: [String: any Sendable] = [
      "attention_bias": true, "use_sliding_window": true, "sliding_window": 7,
      "max_window_layers": 4,
    ]
    let changed = try Self.read(qwen.merging(changes) { $1 })
    #expect(changed.attentionBias == .everywhere)
    #expect(changed.windows == [.max, .max, .max, .max, 7])
  }

  /// As transformers 4 and 5 write it: five sliding layers with the local base, then one of all
  /// positions with the global base and the scaling.
  @Test func resolvesGemma3InBothSpellings() throws {
    let shape: [String: any Sendable] = [
      "architectures": ["Gemma3ForCausalLM"], "num_hidden_layers": 7, "head_dim": 16,
      "sliding_window": 100, "query_pre_attn_scalar": 4,
    ]
    let linear: [String: any Sendable] = ["rope_type": "linear", "factor": 8.0]
    let old = try Self.read(
      shape.merging(
        [
          "rope_theta": 500_000, "rope_local_base_freq": 5000, "rope_scaling": linear,
          "sliding_window_pattern": 6,
        ] as [String: any Sendable]
      ) { $1 })
    let types = (0..<7).map { $0 == 5 ? "full_attention" : "sliding_attention" }
    let new = try Self.read(
      shape.merging(
        [
          "layer_types": types,
          "rope_parameters": [
            "full_attention": linear.merging(["rope_theta": 500_000]) { $1 },
            "sliding_attention": ["rope_type": "default", "rope_theta": 5000]
              as [String: any Sendable],
          ] as [String: any Sendable],
        ] as [String: any Sendable]
      ) { $1 })
    #expect(old == new)
    #expect(new.windows == [100, 100, 100, 100, 100, .max, 100])
    let local = RotaryParameters(dimensions: 16, theta: 5000)
    #expect(new.rotary.filter { $0 == local }.count == 6)
    #expect(
      new.rotary[5]
        == RotaryParameters(dimensions: 16, theta: 500_000, scaling: .linear(factor: 8)))
    #expect(new.queryKeyNorm == .perHead && new.outputNorms && new.normOffset == 1)
    #expect(new.embeddingScale == 8 && new.attentionScale == 0.5)
    #expect(new.attentionCap == .infinity && new.logitCap == .infinity)
  }

  @Test func resolvesSmolLM3() throws {
    let smol: [String: any Sendable] = ["architectures": ["SmolLM3ForCausalLM"]]
    let model = try Self.read(smol)
    #expect(model.rotary.map { $0.dimensions } == [8, 8, 8, 0, 8])
    #expect(model.rotary[0].theta == 2_000_000 && model.rotary[3] == .none)
    #expect(model.windows == Array(repeating: .max, count: 5))
    let changes: [String: any Sendable] = [
      "no_rope_layers": [0, 1, 1, 0, 1, 1], "use_sliding_window": true, "sliding_window": 9,
    ]
    let changed = try Self.read(smol.merging(changes) { $1 })
    #expect(changed.rotary.map { $0.dimensions } == [0, 8, 8, 0, 8])
    #expect(changed.windows == [9, .max, .max, 9, .max])
  }

  @Test func resolvesOLMo2() throws {
    let model = try Self.read(["architectures": ["Olmo2ForCausalLM"]])
    #expect(model.queryKeyNorm == .wholeWidth && model.attentionBias == .none)
    #expect(
      model.norms == [
        .afterAttention: "post_attention_layernorm",
        .afterFeedForward: "post_feedforward_layernorm",
      ])
  }

  @Test func resolvesPhi3() throws {
    let phi: [String: any Sendable] = [
      "architectures": ["Phi3ForCausalLM"], "max_position_embeddings": 512,
    ]
    let plain = try Self.read(phi.merging(["sliding_window": 100]) { $1 })
    #expect(plain.windows == Array(repeating: 100, count: 5))
    #expect(plain.fusedProjections.map(\.path) == ["self_attn.qkv_proj", "mlp.gate_up_proj"])
    #expect(plain.fusedProjections[0].parts.map(\.rows) == [0..<64, 64..<96, 96..<128])
    #expect(plain.rotary[0] == RotaryParameters(dimensions: 8, theta: 10_000))
  }

  /// Within the original context only: 4 of 8 features of a head turn, by the short factors, and
  /// cosines are multiplied by √(1 + ln 16 / ln 64).
  @Test func resolvesLongRoPEInBothSpellings() throws {
    let shape: [String: any Sendable] = [
      "architectures": ["Phi3ForCausalLM"], "max_position_embeddings": 1024,
      "original_max_position_embeddings": 64,
    ]
    let factors: [String: any Sendable] = ["short_factor": [1, 2.5], "long_factor": [4, 5]]
    let old: [String: any Sendable] = [
      "partial_rotary_factor": 0.5, "rope_theta": 100,
      "rope_scaling": factors.merging(["type": "longrope"]) { $1 },
    ]
    let new: [String: any Sendable] = [
      "rope_parameters": factors.merging(
        ["rope_type": "longrope", "rope_theta": 100, "partial_rotary_factor": 0.5]
          as [String: any Sendable]
      ) { $1 }
    ]
    let models = try [old, new].map { try Self.read(shape.merging($0) { $1 }) }
    #expect(models[0] == models[1])
    #expect(models[0].contextLength == 64)
    let magnitude = Float((1 + log(16.0) / log(64.0)).squareRoot())
    #expect(
      models[0].rotary[0]
        == RotaryParameters(
          dimensions: 4, theta: 100,
          scaling: .longRope(factors: [1, 2.5], magnitude: magnitude)))
  }
}
