import Foundation
import ParaCheckpoints
import ParaTensors
import ParaTestSupport
import Testing

@Suite struct ModelConfigurationTests {
  static let whole: [String: any Sendable] = [
    "architectures": ["LlamaForCausalLM"], "vocab_size": 512, "hidden_size": 64,
    "intermediate_size": 172,
    "num_hidden_layers": 5, "num_attention_heads": 8, "num_key_value_heads": 4,
    "rms_norm_eps": 1e-5,
    "max_position_embeddings": 512, "tie_word_embeddings": true, "eos_token_id": 2,
  ]

  static func read(
    _ changes: [String: any Sendable] = [:], without absent: String? = nil,
    generation: String? = nil
  ) throws -> ModelConfiguration {
    let folder = try TemporaryFolder()
    if let generation { _ = try folder.write(generation, to: "generation_config.json") }
    var keys = whole
    keys.merge(changes) { $1 }
    if let absent { keys[absent] = nil }
    let json = try JSONSerialization.data(withJSONObject: keys)
    return try ModelConfiguration(folder.write(json, to: "config.json"))
  }

  @Test func resolvesDefaults() throws {
    let model = try Self.read(without: "num_key_value_heads")
    #expect(model.keyValueHeads == 8 && model.headSize == 8)
    #expect(model.rotary == Array(repeating: .init(dimensions: 8, theta: 10_000), count: 5))
    #expect(model.tiedHead && model.endOfSequence == [2] && model.contextLength == 512)
    #expect(try Self.read(["eos_token_id": [2, 7]]).endOfSequence == [2, 7])
    #expect(try Self.read(["head_dim": 16]).querySize == 128)
  }

  @Test func isPlainUntilAFamilySaysOtherwise() throws {
    let model = try Self.read()
    #expect(model.activation == .silu && model.queryKeyNorm == .none)
    #expect(model.attentionBias == .none && !model.feedForwardBias && !model.outputNorms)
    #expect(model.normOffset == 0 && model.embeddingScale == 1)
    #expect(model.attentionScale == 1 / Float(8).squareRoot())
    #expect(model.attentionCap == .infinity && model.logitCap == .infinity)
    #expect(model.windows == Array(repeating: .max, count: 5))
  }

  @Test func generationFileSaysWhatEndsAnAnswer() throws {
    #expect(try Self.read(generation: #"{"eos_token_id": [4, 9]}"#).endOfSequence == [4, 9])
    #expect(try Self.read(generation: #"{"eos_token_id": null}"#).endOfSequence == [2])
    #expect(try Self.read(["eos_token_id": NSNull()]).endOfSequence == [])
  }

  /// Ids beyond the vocabulary, as a pruned model's file has them, never come.
  @Test func endsAreDistinctTokensOfTheVocabulary() throws {
    #expect(try Self.read(["eos_token_id": [7, 2, 7, 512, -1]]).endOfSequence == [7, 2])
    #expect(try Self.read(generation: #"{"eos_token_id": [1, 151645, 1]}"#).endOfSequence == [1])
  }

  /// As Python's `json` writes and its conditions read them.
  @Test func nullIsFalseAndInfinityANumber() throws {
    let model = try Self.read([
      "attention_bias": NSNull(), "mlp_bias": NSNull(), "tie_word_embeddings": NSNull(),
    ])
    #expect(model.attentionBias == .none && !model.feedForwardBias && !model.tiedHead)
    let folder = try TemporaryFolder()
    let json = String(
      decoding: try JSONSerialization.data(withJSONObject: Self.whole), as: UTF8.self)
    let numbers = #"{"time_step_limit": [0.0, Infinity, -Infinity, NaN], "#
    _ = try ModelConfiguration(folder.write(numbers + json.dropFirst(), to: "config.json"))
  }

  /// transformers 4 knows no `rope_parameters`, and 5 takes `rope_scaling` before them.
  @Test func theOldKeyOfRotaryScalingGoesBeforeTheNew() throws {
    let both: [String: any Sendable] = [
      "rope_scaling": ["type": "linear", "rope_type": "linear", "factor": 4]
        as [String: any Sendable],
      "rope_parameters": ["rope_type": "default", "rope_theta": 7] as [String: any Sendable],
    ]
    #expect(
      try Self.read(both).rotary[0]
        == RotaryParameters(dimensions: 8, theta: 10_000, scaling: .linear(factor: 4)))
  }

  @Test func resolvesRotaryScaling() throws {
    #expect(try Self.read(["rope_scaling": ["type": "default"]]).rotary[0].scaling == .none)
    #expect(
      try Self.read(["rope_scaling": ["type": "linear", "factor": 4] as [String: any Sendable]])
        .rotary[0].scaling
        == .linear(factor: 4))
    let scaling: [String: any Sendable] = [
      "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
      "original_max_position_embeddings": 8192,
    ]
    #expect(
      try Self.read(["rope_scaling": scaling]).rotary[0].scaling
        == .llama3(factor: 8, lowTurns: 1, highTurns: 4, originalContext: 8192))
  }

  /// As transformers 5 writes it, with no rope_theta and no rope_scaling beside it.
  @Test func readsRotaryParametersInOnePlace() throws {
    let plain: [String: any Sendable] = ["rope_type": "default", "rope_theta": 500_000.0]
    let found = try Self.read(["rope_parameters": plain])
    #expect(found.rotary[0] == .init(dimensions: 8, theta: 500_000))
    let linear: [String: any Sendable] = [
      "rope_type": "linear", "factor": 2.0, "rope_theta": 10_000.0,
    ]
    #expect(try Self.read(["rope_parameters": linear]).rotary[0].scaling == .linear(factor: 2))
    let refused: [([String: any Sendable], String)] = [
      (
        ["full_attention": plain, "sliding_attention": plain],
        "has rope_parameters without a rope_theta for all layers."
      ),
      (
        ["rope_type": "yarn", "rope_theta": 1.0],
        "has rope_parameters of type yarn; default, linear, llama3 and longrope are supported."
      ),
      (["rope_type": "linear", "rope_theta": 1.0], "lacks the key rope_parameters.factor."),
    ]
    for (parameters, message) in refused {
      let error = #expect(throws: CheckpointError.self) {
        try Self.read(["rope_parameters": parameters])
      }
      #expect(error?.message == message)
    }
  }
}
