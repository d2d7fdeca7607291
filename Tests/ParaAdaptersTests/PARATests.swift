import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

@Suite struct PARATests {
  private let model: ModelFolder
  private var shape: ModelConfiguration { model.configuration }

  init() throws { model = try ModelFolder(Fixtures.model) }

  private func sample(_ para: PARA = PARA(rank: 3)) -> AdapterSample {
    let outputs = para.outputSize(shape)
    var tensors: [String: Weight] = [:]
    for layer in 0..<shape.layers {
      let prefix = AdapterSample.prefix(layer) + "para_"
      tensors[prefix + "down.weight"] = AdapterSample.constant(1, para.rank, shape.hiddenSize)
      tensors[prefix + "up.weight"] = AdapterSample.constant(1, outputs, para.rank)
      if para.bias { tensors[prefix + "up.bias"] = AdapterSample.constant(1, 1, outputs) }
      if para.pooling == .attention {
        tensors[prefix + "pool.weight"] = AdapterSample.constant(1, 1, shape.hiddenSize)
      }
    }
    return AdapterSample(
      configuration: [
        "peft_type": "PARA", "r": para.rank, "pool": para.pooling.rawValue,
        "activation": para.activation.rawValue, "bias": para.bias,
        "target_modules": para.targets.map(\.moduleName),
      ], tensors: tensors)
  }

  /// LLaMA-2 7B: (4096·12 + 12·19200)·32 without biases, and 19200·32 more with them. arXiv
  /// 2502.01033 states 8.9 M.
  @Test func thePapersParameterCount() throws {
    let llama = try AdapterSample.model(
      AdapterSample.shape(
        hidden: 4096, feedForward: 11_008, layers: 32, heads: 32, keyValueHeads: 32, headSize: 128)
    ).model.configuration
    #expect(PARA(bias: false).parameterCount(llama) == 8_945_664)
    #expect(PARA().parameterCount(llama) == 9_560_064)
    #expect(PARA(pooling: .attention).parameterCount(llama) == 9_560_064 + 32 * 4096)
  }

  @Test(arguments: [
    PARA(rank: 3),
    PARA(rank: 5, pooling: .attention, targets: [.key, .gate, .down]),
    PARA(rank: 1, activation: .tanh, targets: Set(Projection.allCases), bias: false),
  ])
  func theCountIsThatOfTheTensors(para: PARA) throws {
    let adapter = try sample(para).read(for: model)
    #expect(adapter.parameterCount == para.parameterCount(shape))
    let generator = try #require(adapter.layers[0].generator as? PARAVectorGenerator)
    #expect(generator.activation == para.activation && generator.pooling == para.pooling)
    #expect(Set(Projection.allCases.filter { generator.parts[$0] != nil }) == para.targets)
  }

  /// The order of target_modules does not matter: the outputs' order is q, k, v, o, gate, up, down.
  @Test func theOutputIsSplitInTheOrderOfProjections() throws {
    let adapter = try sample().with(["target_modules": ["up_proj", "v_proj", "q_proj"]])
      .read(for: model)
    let parts = try #require(adapter.layers[0].generator as? PARAVectorGenerator).parts
    #expect(parts[.query] == 0..<shape.querySize)
    #expect(parts[.value] == shape.querySize..<shape.querySize + shape.keyValueSize)
    #expect(parts[.up]?.count == shape.feedForwardSize)
    #expect(parts[.key] == nil)
  }

  @Test func refusals() {
    let place = AdapterSample.prefix(0)
    #expect(
      sample().with(["pool": "max"]).refusal(for: model)
        == #"has pool "max"; it must be one of last, mean, first, attention."#)
    #expect(
      sample().with(["activation": "swish"]).refusal(for: model)
        == #"has activation "swish"; it must be one of gelu, relu, silu, tanh."#)
    #expect(
      sample().with(["target_modules": "all-linear"]).refusal(for: model)
        == """
        has target_modules "all-linear"; it must be a list of q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj.
        """)
    #expect(
      sample().with(["pool": "attention"]).refusal(for: model)
        == """
        has no tensor \(place)para_pool.weight, which adapter_config.json asks for with shape [1, \(shape.hiddenSize)].
        """)
    #expect(
      sample().with(["bias": false]).refusal(for: model)
        == """
        has the tensor \(place)para_up.bias, which has no place here: PARA has para_down.weight, para_up.weight, with bias \
        para_up.bias and with pool attention para_pool.weight.
        """)
  }
}

@Suite struct PARAVectorGeneratorTests {
  /// [3 tokens, 2 features]
  private let prompt = FloatBuffer([1, 2, 3, -1, -2, 4])

  /// With an identity for W_down and W_up and no activation to speak of, what comes out is the
  /// pooled state.
  private func pooled(_ pooling: PARAVectorGenerator.Pooling, query: [Float]? = nil) -> [Float] {
    let identity = Weight(FloatBuffer([1, 0, 0, 1]), rows: 2, columns: 2)
    let shift = Weight(FloatBuffer([10, 10]), rows: 1, columns: 2)
    let generator = PARAVectorGenerator(
      pooling: pooling, poolingQuery: query.map { Weight(FloatBuffer($0), rows: 1, columns: 2) },
      activation: .relu, down: identity, up: identity, bias: shift,
      parts: ProjectionTable(repeating: nil))
    let vectors = FloatBuffer(count: 2)
    generator.generate(
      from: Matrix(base: prompt.base, rows: 3, columns: 2), into: vectors.base)
    return vectors.array.map { $0 - 10 }
  }

  /// relu cuts what is below 0.
  @Test func poolsAreTheirFormulas() {
    #expect(pooled(.last) == [0, 4])
    #expect(pooled(.first) == [1, 2])
    let mean = pooled(.mean)
    #expect(abs(mean[0] - 2.0 / 3) < 1e-5 && abs(mean[1] - 5.0 / 3) < 1e-5)
  }

  /// softmax over h · q / √2 with q = (√2, 0): weights e¹, e³, e⁻² over their sum.
  @Test func attentionPoolWeighsByItsQuery() {
    let weights = [1.0, 3, -2].map { exp($0) }
    let total = weights.reduce(0, +)
    let expected = [
      (weights[0] + 3 * weights[1] - 2 * weights[2]) / total,
      max(0, (2 * weights[0] - weights[1] + 4 * weights[2]) / total),
    ]
    let found = pooled(.attention, query: [Float(2).squareRoot(), 0])
    for (value, expected) in zip(found, expected) { #expect(abs(Double(value) - expected) < 1e-5) }
    // No preference is the mean.
    #expect(abs(pooled(.attention, query: [0, 0])[1] - 5.0 / 3) < 1e-5)
  }

  /// PyTorch 2.9: torch.nn.functional.gelu, relu, silu and tanh of 0.625 and of −1.
  @Test(arguments: [
    (PARAVectorGenerator.Activation.gelu, Float(0.458_759_07), Float(-0.158_655_25)),
    (.relu, 0.625, 0),
    (.silu, 0.407_096_8, -0.268_941_4), (.tanh, 0.554_599_7, -0.761_594_2),
  ])
  func activations(activation: PARAVectorGenerator.Activation, positive: Float, negative: Float) {
    #expect(abs(activation(0.625) - positive) < 1e-6)
    #expect(abs(activation(-1) - negative) < 1e-6)
  }
}
