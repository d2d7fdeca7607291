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

  /// As Python's `re` reads them: a dot ends a word, and there is look-behind.
  @Test(arguments: [
    #".*\b(q_proj|k_proj)\b"#, #".*(?<!v)(?<!o)_proj(?<=[qk]_proj)"#,
    #"model\.layers\.\d+\.self_attn\.[kq]_proj"#,
  ])
  func expressionsAreMatchedWhole(expression: String) throws {
    let sample = AdapterSample.lora([.query, .key], layers: all, shape)
    let adapter = try sample.with(["target_modules": expression]).read(for: model)
    #expect(adapted(adapter) == all.flatMap { ["\($0).q_proj", "\($0).k_proj"] })
    let wider = AdapterSample.lora([.query, .key, .value, .output], layers: all, shape).with([
      "target_modules": ["q_proj", "k_proj", "v_proj", "o_proj"], "exclude_modules": expression,
    ])
    #expect(
      wider.refusal(for: model)?.hasSuffix("does not target model.layers.0.self_attn.k_proj.")
        == true)
  }

  /// PEFT's `re.match(rf"(.*\.)?({key})$", name)`.
  @Test(arguments: [
    (#"self_attn\b\.q_proj"#, true), (#"layers\.0\.self_attn\.q_proj"#, true),
    (#"(?<=attn\.)q_proj"#, true),
    (#"elf_attn\.q_proj"#, false), ("q_pro", false), (#"q_proj\."#, false), ("k_proj|q_proj", true),
  ])
  func patternsMatchTheLastComponents(key: String, matches: Bool) throws {
    let sample = AdapterSample.lora([.query], layers: [0], shape)
    let adapter = try sample.with(["alpha_pattern": [key: 32]]).read(for: model)
    // s = 32 / 2, or lora_alpha's 8 / 2.
    #expect(adapter.layers[0].projections[.query]?.lowRank?.factor == (matches ? 16 : 4))
  }

  @Test func expressionsThatPythonHasNoUseForAreRefused() {
    let sample = AdapterSample.lora([.query], layers: [0], shape)
    #expect(
      sample.with(["rank_pattern": ["q_(proj": 2]]).refusal(for: model)
        == """
        has rank_pattern that cannot be used: the regular expression '(.*\\.)?(q_(proj)$' lacks a closing parenthesis \
        (at character 17).
        """)
    // Exponential in any backtracking matcher.
    let slow = "model\\.(([a-z0-9_.])*)*[^a-z0-9_.]"
    #expect(
      sample.with(["target_modules": slow]).refusal(for: model)?.contains("'\(slow)'") == true)
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
