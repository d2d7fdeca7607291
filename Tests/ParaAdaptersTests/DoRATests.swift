import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

/// What DoRA makes of its tensors and refuses of them; that the answer is PEFT's is for
/// `AdapterGoldenTests`.
@Suite struct DoRATests {
  private let model: ModelFolder
  private var shape: ModelConfiguration { model.configuration }
  private static let query = AdapterSample.prefix(0, .query)

  init() throws { model = try ModelFolder(Fixtures.model) }

  /// LoRA's A and B of ones and a constant magnitude, at the first layer's query projection.
  private func dora(magnitude: Float) -> AdapterSample {
    AdapterSample.lora([.query], layers: [0], shape).with(["use_dora": true]).adding([
      Self.query + "lora_magnitude_vector": AdapterSample.constant(magnitude, 1, shape.querySize)
    ])
  }

  /// A model of one layer whose q projection is 2 · I with a bias of 3.
  private func biasedModel() throws -> (model: ModelFolder, folder: TemporaryFolder) {
    let identity = Weight(FloatBuffer([2, 0, 0, 2]), rows: 2, columns: 2)
    return try AdapterSample.model(
      AdapterSample.shape(
        hidden: 2, feedForward: 2, layers: 1, heads: 1, keyValueHeads: 1, headSize: 2),
      tensors: [
        "model.layers.0.self_attn.q_proj.weight": identity,
        "model.layers.0.self_attn.q_proj.bias": AdapterSample.constant(3, 1, 2),
      ])
  }

  /// ‖w + s B A‖ of each row w of W: with s = 8 / 2 and two rows of ones, s B A is 8 everywhere.
  @Test func theScaleIsTheMagnitudeOverTheNorm() throws {
    let adapter = try dora(magnitude: 5).read(for: model)
    #expect(adapter.method == .dora)
    let weight = try model.weight(
      "model.layers.0.self_attn.q_proj.weight", rows: shape.querySize, columns: shape.hiddenSize)
    let adjustment = try #require(adapter.layers[0].projections[.query])
    let scale = try #require(adjustment.scale).array
    #expect(scale.count == shape.querySize && adjustment.lowRank?.factor == 4)
    #expect(adjustment.bias == nil, "the model has no bias")
    for feature in scale.indices {
      let row = UnsafeBufferPointer(start: weight.row(feature), count: shape.hiddenSize)
      let norm = row.reduce(0) { $0 + pow(Double($1) + 8, 2) }.squareRoot()
      #expect(abs(Double(scale[feature]) * norm / 5 - 1) < 1e-5)
    }
  }

  /// Rows (10, 8) and (8, 10) have the norm √164. The scale leaves out the bias b = 3:
  /// scale · (b + bias) = b.
  @Test func theModelsBiasIsNotScaled() throws {
    let (model, folder) = try biasedModel()
    defer { withExtendedLifetime(folder) {} }
    let adapter = try AdapterSample.lora([.query], layers: [0], model.configuration)
      .with(["use_dora": true]).adding([
        Self.query + "lora_magnitude_vector": AdapterSample.constant(2, 1, 2)
      ]).read(for: model)
    let adjustment = try #require(adapter.layers[0].projections[.query])
    let (scale, bias) = (try #require(adjustment.scale).array, try #require(adjustment.bias).array)
    for feature in 0..<2 {
      #expect(abs(scale[feature] - 2 / Float(164).squareRoot()) < 1e-6)
      #expect(abs(scale[feature] * (3 + bias[feature]) - 3) < 1e-5)
    }
  }

  @Test func magnitudesThatCannotBeUsedAreRefused() throws {
    #expect(
      dora(magnitude: .infinity).refusal(for: model)
        == """
        tensor \(Self.query)lora_magnitude_vector holds NaN or infinity: what saved it failed; take a checkpoint from \
        before.
        """)
    let place = "has a lora_magnitude_vector at model.layers.0.self_attn.q_proj that cannot be used"
    let (model, folder) = try biasedModel()
    defer { withExtendedLifetime(folder) {} }
    #expect(
      AdapterSample.lora([.query], layers: [0], model.configuration)
        .with(["use_dora": true]).adding([
          Self.query + "lora_magnitude_vector": AdapterSample.constant(0, 1, 2)
        ]).refusal(for: model) == "\(place): feature 0 is 0, but the model has a bias there.")
  }

  @Test func tensorsAndKeysThatDoNotFitAreNamed() {
    let lora = AdapterSample.lora([.query], layers: [0], shape)
    #expect(
      lora.with(["use_dora": true]).refusal(for: model)
        == """
        has no tensor \(Self.query)lora_magnitude_vector, which adapter_config.json asks for with shape \
        [1, \(shape.querySize)].
        """)
    #expect(
      dora(magnitude: 1).with(["use_dora": false]).refusal(for: model)
        == """
        has the tensor \(Self.query)lora_magnitude_vector, which has no place here: LoRA has lora_A.weight and \
        lora_B.weight, with lora_bias lora_B.bias, with bias all or lora_only bias.
        """)
    #expect(
      dora(magnitude: 1).with(["lora_bias": true]).refusal(for: model)
        == "has the key lora_bias with the value true, which is not supported for DORA.")
  }

  @Test func inspectionAndMemory() throws {
    let folder = try TemporaryFolder()
    try dora(magnitude: 1).write(to: folder.url.appending(path: "a"))
    let summary = try AdapterSummary(folder: folder.url.appending(path: "a"))
    #expect(summary.method.title == "DoRA" && summary.ranks == [2] && summary.options.isEmpty)
    #expect(summary.projections == ["q_proj"] && summary.layers == 1)
    let parameters = 2 * (shape.hiddenSize + shape.querySize) + shape.querySize
    #expect(summary.parameterCount == parameters)
    let cache = AdapterCache(
      folders: try AdapterCache.discover(in: folder.url), for: model)
    let footprint = try #require(cache.footprint(named: "a"))
    #expect(footprint.bytes == 2 * 4 * parameters && footprint.promptVectors == 0)
    _ = try cache.adapter(named: "a")
    #expect(cache.residentBytes <= footprint.bytes)
  }
}
