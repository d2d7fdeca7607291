import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

extension AdapterSample {
  /// (IA)³ with a constant for each projection, in all layers.
  static func ia3(
    _ values: [String: Float], feedForward: Set<Projection>, _ model: ModelConfiguration
  ) -> AdapterSample {
    var tensors: [String: Weight] = [:]
    for layer in 0..<model.layers {
      for projection in Projection.allCases {
        guard let value = values[projection.moduleName] else { continue }
        tensors[prefix(layer, projection) + "ia3_l"] =
          feedForward.contains(projection)
          ? constant(value, 1, projection.inputSize(model))
          : constant(value, projection.outputSize(model), 1)
      }
    }
    return AdapterSample(
      configuration: [
        "peft_type": "IA3", "target_modules": values.keys.sorted(),
        "feedforward_modules": feedForward.map(\.moduleName),
      ], tensors: tensors)
  }
}

@Suite struct IA3Tests {
  private let model: ModelFolder
  private var shape: ModelConfiguration { model.configuration }

  init() throws { model = try ModelFolder(Fixtures.model) }

  @Test func scalingTheInputOfDownScalesUp() throws {
    let adapter = try AdapterSample.ia3(
      ["k_proj": 2, "down_proj": 3], feedForward: [.down], shape
    ).read(for: model)
    #expect(adapter.layers[1].projections[.key]?.scale?.count == shape.keyValueSize)
    #expect(adapter.layers[1].projections[.up]?.scale?.count == shape.feedForwardSize)
    #expect(adapter.layers[1].projections[.down] == nil)
  }

  @Test func bothScalingsOfUpMultiply() throws {
    let adapter = try AdapterSample.ia3(
      ["up_proj": 2, "down_proj": 3], feedForward: [.down], shape
    ).read(for: model)
    let scale = try #require(adapter.layers[0].projections[.up]?.scale)
    #expect(scale.array == Array(repeating: 6, count: shape.feedForwardSize))
  }

  @Test func aVectorOfTheWrongSideIsRefused() {
    let name = AdapterSample.prefix(0, .down) + "ia3_l"
    #expect(
      AdapterSample.ia3(["down_proj": 2], feedForward: [], shape)
        .with(["feedforward_modules": ["down_proj"]]).refusal(for: model)
        == "tensor \(name) has shape [\(shape.hiddenSize), 1], expected [1, \(shape.feedForwardSize)]."
    )
    #expect(
      AdapterSample.ia3(["k_proj": 2], feedForward: [], shape)
        .with(["modules_to_save": ["lm_head"]]).refusal(for: model)
        == #"has the key modules_to_save with the value ["lm_head"], which is not supported for IA3."#
    )
  }
}
