import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

/// PEFT folders made on the spot for the embedded model's shape, and the ways in which they can be
/// wrong.
@Suite struct AdapterReaderTests {
  private let model: ModelFolder
  private var shape: ModelConfiguration { model.configuration }
  private var lora: AdapterSample { .lora([.query], layers: [0], shape) }
  private static let query = AdapterSample.prefix(0, .query)

  init() throws { model = try ModelFolder(Fixtures.model) }

  @Test func loraScalesByAlphaOverRank() throws {
    let plain = try lora.with(["lora_dropout": 0.1]).read(for: model)
    #expect(plain.layers[0].projections[.query]?.lowRank?.factor == 4)
    #expect(plain.layers[1].projections[.query]?.lowRank == nil)
    #expect(plain.parameterCount == 2 * (shape.hiddenSize + shape.querySize))
    #expect(plain.byteCount == plain.parameterCount * 4)
    let stabilised = try lora.with(["use_rslora": true]).read(for: model)
    #expect(stabilised.layers[0].projections[.query]?.lowRank?.factor == 8 / Float(2).squareRoot())
    #expect(plain.contentHash != stabilised.contentHash)
  }

  @Test func doublyPrefixedNamesAreTheSame() throws {
    var doubled = lora
    doubled.tensors = Dictionary(
      uniqueKeysWithValues: lora.tensors.map { ("base_model.model." + $0.key, $0.value) })
    #expect(try doubled.read(for: model).layers[0].projections[.query]?.lowRank != nil)
    #expect(
      lora.adding(doubled.tensors).refusal(for: model)
        == """
        has the tensors base_model.model.\(Self.query)lora_A.weight and \(Self.query)lora_A.weight for the same place.
        """)
  }

  @Test(arguments: [
    ("use_dora", "yes" as any Sendable, #""yes""#), ("use_qalora", true, "true"),
    ("layer_replication", [[0, 1]], "[[0, 1]]"),
    ("trainable_token_indices", [5], "[5]"), ("modules_to_save", ["lm_head"], #"["lm_head"]"#),
    ("target_parameters", ["w"], #"["w"]"#), ("megatron_config", ["a": 1.5], #"{"a": 1.5}"#),
    ("alora_invocation_tokens", [1], "[1]"), ("invented", "x", #""x""#),
  ])
  func keysThatComputeSomethingElseAreRefused(key: String, value: any Sendable, text: String) {
    #expect(
      lora.with([key: value]).refusal(for: model)
        == "has the key \(key) with the value \(text), which is not supported for LORA.")
  }

  @Test func keysThatAskForNothingAreNot() throws {
    _ = try lora.with([
      "use_bdlora": NSNull(), "invented": false, "modules_to_save": [String](),
      "peft_version": "0.19.1", "loftq_config": [String: Int](), "fan_in_fan_out": true,
    ]).read(for: model)
  }

  @Test(arguments: ["pissa", "pissa_niter_16", "olora", "corda", "loftq"])
  func startsThatChangeTheBaseAreRefused(start: String) {
    #expect(
      lora.with(["init_lora_weights": start]).refusal(for: model)
        == """
        has init_lora_weights "\(start)"; it must be a start that leaves the base model unchanged, so save the adapter as \
        plain LoRA (PEFT's path_initial_model_for_weight_conversion).
        """)
  }

  @Test(arguments: [true as any Sendable, false, "gaussian", "eva", "orthogonal"])
  func otherStartsAreRead(start: any Sendable) throws {
    _ = try lora.with(["init_lora_weights": start]).read(for: model)
  }

  @Test func wrongValuesAreNamed() {
    let expected: [(String, any Sendable, String)] = [
      ("r", 0, "has r 0; it must be a whole number above 0."),
      ("r", true, "has r true; it must be a whole number above 0."),
      ("lora_alpha", "8", #"has lora_alpha "8"; it must be a number."#),
      ("use_rslora", 1, "has use_rslora 1; it must be true or false."),
      ("bias", "some", #"has bias "some"; it must be one of none, all, lora_only."#),
      (
        "init_lora_weights", "lora_ga",
        #"has init_lora_weights "lora_ga"; it must be true, false, "gaussian", "eva" or "orthogonal"."#
      ),
      (
        "target_modules", "(",
        "has target_modules that cannot be used: the regular expression '(' lacks a closing parenthesis (at character 1)."
      ),
      (
        "target_modules", [1],
        "has target_modules [1]; it must be a list of names or an expression."
      ),
      (
        "rank_pattern", ["q_proj": 0.5],
        """
        has rank_pattern {"q_proj": 0.5}; it must be names or regular expressions of modules, each with a whole number \
        above 0.
        """
      ),
    ]
    for (key, value, message) in expected {
      #expect(lora.with([key: value]).refusal(for: model) == message)
    }
    #expect(
      AdapterSample(configuration: ["peft_type": "PREFIX_TUNING"], tensors: lora.tensors)
        .refusal(for: model)
        == "has peft_type PREFIX_TUNING; PARA, LORA, IA3, BITFIT are supported.")
  }

  @Test func tensorsThatDoNotFitAreNamed() {
    #expect(
      lora.with(["r": 3]).refusal(for: model)
        == "tensor \(Self.query)lora_A.weight has shape [2, \(shape.hiddenSize)], expected [3, \(shape.hiddenSize)]."
    )
    for part in ["lora_A.weight", "lora_B.weight"] {
      var half = lora
      half.tensors[Self.query + part] = nil
      let expected = part == "lora_A.weight" ? [2, shape.hiddenSize] : [shape.querySize, 2]
      #expect(
        half.refusal(for: model)
          == "has no tensor \(Self.query)\(part), which adapter_config.json asks for with shape \(expected)."
      )
    }
    let one = AdapterSample.constant(1, 1, 1)
    let strangers = [
      "base_model.model.model.layers.99.self_attn.q_proj.lora_A.weight":
        "the model has \(shape.layers) layers",
      "base_model.model.lm_head.lora_A.weight": "it names no layer of the model",
      "base_model.model.model.layers.0.input_layernorm.weight":
        "it belongs to none of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj",
      Self.query + "lora_magnitude_vector":
        "LoRA has lora_A.weight and lora_B.weight, with lora_bias lora_B.bias, with bias all or lora_only bias",
    ]
    for (name, reason) in strangers {
      #expect(
        lora.adding([name: one]).refusal(for: model)
          == "has the tensor \(name), which has no place here: \(reason).")
    }
  }

  /// As PEFT saves them when the vocabulary was resized, or when the LM head is a target.
  @Test func theVocabularyIsNotAdapted() {
    for name in ["lm_head.weight", "model.embed_tokens.weight", "lm_head.base_layer.weight"] {
      let tensor = "base_model.model." + name
      #expect(
        lora.adding([tensor: AdapterSample.constant(1, 2, 2)]).refusal(for: model)
          == """
          has the tensor \(tensor), which has no place here: the vocabulary's matrices were saved along, and only \
          projections of layers can be adapted; merge the adapter into its base model, or save it without them \
          (save_embedding_layers=False).
          """)
    }
    let head = "base_model.model.lm_head.lora_A.weight"
    #expect(
      lora.adding([head: AdapterSample.constant(1, 2, 2)])
        .with(["target_modules": ["q_proj", "lm_head"]]).refusal(for: model)
          == """
          has target_modules ["q_proj", "lm_head"]; it must be limited to projections of layers: it reaches lm_head, which \
          cannot be adapted here.
          """)
  }

  /// What a failed training leaves.
  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func whatIsNotFiniteIsRefused(value: Float) throws {
    let broken = lora.adding([
      Self.query + "lora_B.weight": AdapterSample.constant(value, shape.querySize, 2)
    ])
    let sentence = """
      tensor \(Self.query)lora_B.weight holds NaN or infinity: what saved it failed; take a checkpoint from before.
      """
    #expect(broken.refusal(for: model) == sentence)
    let folder = try TemporaryFolder()
    try broken.write(to: folder.url)
    let error = #expect(throws: CheckpointError.self) { try AdapterSummary(folder: folder.url) }
    #expect(error?.message == sentence)
  }

  @Test func anotherBaseModelIsRefused() throws {
    let hash = try model.contentHash()
    _ = try lora.with(["base_model_sha256": hash.uppercased()]).read(for: model)
    #expect(
      lora.with(["base_model_sha256": "abc"]).refusal(for: model)
        == "was made for the base model with base_model_sha256 abc, but this model's is \(hash).")
  }

  /// `lora_bias`: PEFT's bias of B.
  @Test func theBiasOfBIsScaledAsTheUpdate() throws {
    let name = AdapterSample.prefix(0, .value) + "lora_B.bias"
    let sample = AdapterSample.lora([.value], layers: [0], shape).with(["lora_bias": true])
    #expect(
      sample.refusal(for: model)
        == "has no tensor \(name), which adapter_config.json asks for with shape [1, \(shape.keyValueSize)]."
    )
    let biased = sample.adding([name: AdapterSample.constant(0.5, 1, shape.keyValueSize)])
    let bias = try biased.read(for: model).layers[0].projections[.value]?.bias
    // s = 8 / 2
    #expect(bias?.array == Array(repeating: 2, count: shape.keyValueSize))
    let folder = try TemporaryFolder()
    try biased.write(to: folder.url)
    #expect(try AdapterSummary(folder: folder.url).options == ["lora_bias"])
  }
}
