import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTestSupport
import Testing

/// What a configuration targets and what its tensors hold must be the same projections.
@Suite struct TargetModulesTests {
  private let model: ModelFolder
  private var shape: ModelConfiguration { model.configuration }
  private var all: Range<Int> { 0..<shape.layers }

  init() throws { model = try ModelFolder(Fixtures.model) }

  private func adapted(_ adapter: Adapter) -> [String] {
    adapter.layers.enumerated().flatMap { layer, parts in
      Projection.allCases.filter { parts.projections[$0] != nil }.map {
        "\(layer).\($0.moduleName)"
      }
    }
  }

  @Test func aTargetWithoutTensorsIsNamed() {
    let sample = AdapterSample.lora([.query], layers: all, shape)
      .with(["target_modules": ["q_proj", "v_proj"]])
    #expect(
      sample.refusal(for: model)
        == """
        has no tensor \(AdapterSample.prefix(0, .value))lora_A.weight, which adapter_config.json asks for with shape \
        [2, \(shape.hiddenSize)].
        """)
  }

  @Test func tensorsWithoutATargetAreNamed() {
    let sample = AdapterSample.lora([.query, .value], layers: all, shape)
      .with(["target_modules": ["q_proj"]])
    #expect(
      sample.refusal(for: model)
        == """
        has the tensor \(AdapterSample.prefix(0, .value))lora_A.weight, which has no place here: adapter_config.json does \
        not target model.layers.0.self_attn.v_proj.
        """)
  }

  @Test func targetsBeyondTheLayersAreRefused() {
    let sample = AdapterSample.lora([.query], layers: all, shape)
    #expect(
      sample.with(["target_modules": ["q_proj", "lm_head"]]).refusal(for: model)
        == """
        has target_modules ["q_proj", "lm_head"]; it must be limited to projections of layers: it reaches lm_head, which \
        cannot be adapted here.
        """)
    #expect(
      sample.with(["target_modules": ["query_key_value"]]).refusal(for: model)
        == """
        has target_modules ["query_key_value"]; it must be the names of projections of the model, which none of these is.
        """)
  }

  @Test func contradictionsThatPEFTRefusesAreRefused() {
    let sample = AdapterSample.lora([.query], layers: all, shape)
    #expect(
      sample.with(["target_modules": "all-linear", "layers_to_transform": [0]]).refusal(for: model)
        == "has layers_to_transform [0]; it must be absent where target_modules is not a list.")
    #expect(
      sample.with(["target_modules": ["q_proj"], "layers_pattern": "layers"]).refusal(for: model)
        == """
        has layers_pattern "layers"; it must be names before layers' numbers, with layers_to_transform.
        """)
  }

  @Test func layersAndExclusionsNarrowTheTargets() throws {
    let last = shape.layers - 1
    let narrowed = try AdapterSample.lora([.query], layers: [last], shape).with([
      "target_modules": ["q_proj", "v_proj"], "layers_to_transform": last,
      "exclude_modules": ["self_attn.v_proj"],
    ]).read(for: model)
    #expect(adapted(narrowed) == ["\(last).q_proj"])
    let everywhere = try AdapterSample.lora(Projection.allCases, layers: all, shape)
      .with(["target_modules": "all-linear"]).read(for: model)
    #expect(adapted(everywhere).count == 7 * shape.layers)
    // A path in full is meant as it stands, whatever layers_to_transform says: PEFT.
    let exact = try AdapterSample.lora([.up], layers: [0], shape).with([
      "target_modules": ["model.layers.0.mlp.up_proj"], "layers_to_transform": [last],
    ]).read(for: model)
    #expect(adapted(exact) == ["0.up_proj"])
  }

  /// "0.self_attn.q_proj" is the end of layers 0, 10 and 20, but not a component's: PEFT compares
  /// from a dot.
  @Test func namesMatchWholeComponents() throws {
    let sample = AdapterSample.lora([.query], layers: [0], shape)
    _ = try sample.with(["target_modules": ["0.self_attn.q_proj"]]).read(for: model)
    #expect(
      sample.with(["target_modules": ["proj"]]).refusal(for: model)
        == #"has target_modules ["proj"]; it must be the names of projections of the model, which none of these is."#
    )
  }
}
