import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

@Suite struct PARAOptionsTests {
  private let model: ModelFolder
  private var shape: ModelConfiguration { model.configuration }

  init() throws { model = try ModelFolder(Fixtures.model) }

  private func sample(_ options: PARAOptions = PARAOptions(rank: 3)) -> AdapterSample {
    let outputs = options.outputSize(shape)
    var tensors: [String: Weight] = [:]
    for layer in 0..<shape.layers {
      let prefix = AdapterSample.prefix(layer) + "para_"
      tensors[prefix + "down.weight"] = AdapterSample.constant(1, options.rank, shape.hiddenSize)
      tensors[prefix + "up.weight"] = AdapterSample.constant(1, outputs, options.rank)
      if options.bias { tensors[prefix + "up.bias"] = AdapterSample.constant(1, 1, outputs) }
      if options.pool == .attention {
        tensors[prefix + "pool.weight"] = AdapterSample.constant(1, 1, shape.hiddenSize)
      }
    }
    return AdapterSample(
      configuration: [
        "peft_type": "PARA", "r": options.rank, "pool": options.pool.rawValue,
        "activation": options.activation.rawValue, "bias": options.bias,
        "target_modules": options.projections.map(\.moduleName),
      ], tensors: tensors)
  }

  /// LLaMA-2 7B: (4096·12 + 12·19200)·32 without biases, and 19200·32 more with them. arXiv
  /// 2502.01033 states 8.9 M.
  @Test func thePapersParameterCount() throws {
    let llama = try AdapterSample.model(
      AdapterSample.shape(
        hidden: 4096, feedForward: 11_008, layers: 32, heads: 32, keyValueHeads: 32, headSize: 128)
    ).model.configuration
    #expect(PARAOptions(bias: false).parameterCount(llama) == 8_945_664)
    #expect(PARAOptions().parameterCount(llama) == 9_560_064)
    #expect(PARAOptions(pool: .attention).parameterCount(llama) == 9_560_064 + 32 * 4096)
  }

  @Test(arguments: [
    PARAOptions(rank: 3),
    PARAOptions(rank: 5, pool: .attention, projections: [.key, .gate, .down]),
    PARAOptions(rank: 1, activation: .tanh, projections: Set(Projection.allCases), bias: false),
  ])
  func theCountIsThatOfTheTensors(options: PARAOptions) throws {
    let adapter = try sample(options).read(for: model)
    #expect(adapter.parameterCount == options.parameterCount(shape))
    let generator = try #require(adapter.layers[0].generator as? VectorGenerator)
    #expect(generator.activation == options.activation && generator.pool == options.pool)
    #expect(Set(Projection.allCases.filter { generator.parts[$0] != nil }) == options.projections)
  }

  /// The order of target_modules does not matter: the outputs' order is q, k, v, o, gate, up, down.
  @Test func theOutputIsSplitInSiteOrder() throws {
    let adapter = try sample().with(["target_modules": ["up_proj", "v_proj", "q_proj"]])
      .read(for: model)
    let parts = try #require(adapter.layers[0].generator).parts
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
