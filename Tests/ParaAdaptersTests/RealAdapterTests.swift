import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

/// Folders that other people trained and published, against the shapes of their models.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data"))
struct RealAdapterTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var shape: String
    var projections: Set<Projection>
    var parameters: Int
    var testDescription: String { name }
  }

  /// Shapes as the models' config.json have them; counts are 2·r or r·(d_in + d_out) summed by hand.
  static let readable = [
    // 16 layers · 8 · ((2048 + 2048) + (2048 + 512))
    Case(
      name: "adapter-llama3.2-1b-lora-r8",
      shape: AdapterSample.shape(
        hidden: 2048, feedForward: 8192, layers: 16, heads: 32, keyValueHeads: 8, headSize: 64),
      projections: [.query, .value], parameters: 851_968),
    // 24 layers · 8 · ((896 + 896) + (896 + 128))
    Case(
      name: "adapter-qwen2.5-0.5b-lora-r8",
      shape: AdapterSample.shape(
        hidden: 896, feedForward: 4864, layers: 24, heads: 14, keyValueHeads: 2, headSize: 64),
      projections: [.query, .value], parameters: 540_672),
    // 18 layers · 8 · ((2048 + 2048) · 2 + (2048 + 256) · 2); names doubly prefixed, bf16
    Case(
      name: "adapter-gemma-2b-it-lora-r8",
      shape: AdapterSample.shape(
        hidden: 2048, feedForward: 16_384, layers: 18, heads: 8, keyValueHeads: 1, headSize: 256),
      projections: [.query, .key, .value, .output], parameters: 1_843_200),
    // 18 layers · 4 · ((640 + 1024) · 2 + (640 + 256) · 2)
    Case(
      name: "adapter-gemma3-270m-lora-r4-attn",
      shape: AdapterSample.shape(
        hidden: 640, feedForward: 2048, layers: 18, heads: 4, keyValueHeads: 1, headSize: 256),
      projections: [.query, .key, .value, .output], parameters: 368_640),
  ]

  @Test(arguments: readable) func read(sample: Case) throws {
    let (model, folder) = try AdapterSample.model(sample.shape)
    defer { withExtendedLifetime(folder) {} }
    let adapter = try Adapter(folder: SharedData.url(sample.name), name: sample.name, for: model)
    #expect(adapter.method == .lora && adapter.parameterCount == sample.parameters)
    for layer in adapter.layers {
      #expect(
        Set(Projection.allCases.filter { layer.projections[$0]?.lowRank != nil })
          == sample.projections)
    }
    let down = try #require(adapter.layers[0].projections[.query]?.lowRank?.a)
    #expect(down.array.allSatisfy(\.isFinite) && down.array.contains { $0 != 0 })
  }

  static let refused = [
    "adapter-opt125m-lora-r16-negative": """
    has the tensor base_model.model.model.decoder.layers.0.self_attn.q_proj.lora_A.weight, which has no place here: it \
    names no layer of the model.
    """,
    "adapter-gptneox-lora-r1-negative": """
    has the tensor base_model.model.gpt_neox.layers.0.attention.query_key_value.lora_A.weight, which has no place here: \
    it names no layer of the model.
    """,
    "adapter-distilgpt2-lora-r8-fan_in_fan_out": """
    has the tensor base_model.model.transformer.h.0.attn.c_attn.lora_A.weight, which has no place here: it names no layer \
    of the model.
    """,
    "adapter-mlx-discollama-not-peft": """
    has adapters.safetensors, MLX's layout; a PEFT folder (adapter_config.json, adapter_model.safetensors) is needed.
    """,
    "adapter-llama3.2-1b-lora-r8": """
    has the tensor base_model.model.model.layers.10.self_attn.q_proj.lora_A.weight, which has no place here: the model has \
    2 layers.
    """,
  ]

  /// Foreign bases, foreign layouts, and an adapter for a deeper model.
  @Test(arguments: refused.sorted { $0.key < $1.key })
  func refuse(name: String, message: String) throws {
    let (model, folder) = try AdapterSample.model(
      AdapterSample.shape(
        hidden: 2048, feedForward: 8192, layers: 2, heads: 32, keyValueHeads: 8, headSize: 64))
    defer { withExtendedLifetime(folder) {} }
    let error = #expect(throws: CheckpointError.self) {
      try Adapter(folder: SharedData.url(name), name: name, for: model)
    }
    #expect(error?.message == message)
  }

  /// Configurations without weights: what is wrong with the first is the key, with the others that
  /// the tensors given here are for two projections only.
  @Test func configurations() throws {
    let model = try ModelFolder(Fixtures.model)
    func sample(_ path: String, _ tensors: AdapterSample) throws -> AdapterSample {
      let data = try Data(contentsOf: SharedData.url(path))
      let keys = try #require(
        try JSONSerialization.jsonObject(with: data) as? [String: any Sendable])
      return AdapterSample(configuration: keys, tensors: tensors.tensors)
    }
    let shape = model.configuration
    let layers = 0..<shape.layers
    #expect(
      try sample(
        "adapter-config-lora-variants/dora.adapter_config.json",
        .lora([.query, .value], layers: layers, rank: 32, shape)
      ).refusal(for: model)
        == """
        has no tensor \(AdapterSample.prefix(0, .query))lora_magnitude_vector, which adapter_config.json asks for with shape \
        [1, \(shape.querySize)].
        """)
    let stabilised = try sample(
      "adapter-config-lora-variants/rslora.adapter_config.json",
      .lora([.query, .value], layers: layers, rank: 64, shape)
    ).read(for: model)
    // 64 / √64
    #expect(stabilised.layers[0].projections[.value]?.lowRank?.factor == 8)

    let all = "adapter-config-ia3-llama3.2-3b/llama-3.2-3B-all-attn-5k-lr0.005.adapter_config.json"
    var vectors: [String: Float] = [:]
    for projection in Projection.allCases {
      vectors[projection.moduleName] = Float(projection.rawValue + 2)
    }
    let ia3 = try sample(all, .ia3(vectors, feedForward: [.down, .gate, .up], shape))
      .read(for: model)
    #expect(ia3.layers[0].projections[.output]?.scale?.array.first == 5)
    #expect(ia3.layers[0].projections[.gate]?.inputScale?.array.first == 6)
    #expect(ia3.layers[0].projections[.up]?.scale?.array.first == 8, "down's input")
    // Names no modules: PEFT's own choice for a Llama, whose feed-forward module is down_proj.
    let usual = try sample(
      "adapter-config-ia3-llama3.2-3b/llama-3.2-3B-default.adapter_config.json",
      .ia3(["k_proj": 2, "v_proj": 3, "down_proj": 4], feedForward: [.down], shape)
    ).read(for: model)
    #expect(usual.layers[0].projections[.key]?.scale?.array.first == 2)
    #expect(usual.layers[0].projections[.up]?.scale?.array.first == 4)
  }
}
