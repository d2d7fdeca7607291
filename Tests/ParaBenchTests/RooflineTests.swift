import Foundation
import ParaCheckpoints
import ParaTensors
import ParaTestSupport
import Testing

@testable import ParaBench

@Suite struct RooflineTests {
  /// Two cores of AMD Zen 5, as measured when the rooflines below were computed.
  private let limits = MachineLimits(float32: 513e9, bfloat16: 955e9, int8: 2047e9, memory: 50e9)

  /// 15 million, 110 million and 1.1 billion parameters. Multiply-adds a token by hand: layers ×
  /// (q, k, v, o and three of the feed-forward block), vocabulary × hidden size.
  private static let models: [BenchModel: ModelCost] = [
    .small: ModelCost(
      layers: 6 * (4 * 288 * 288 + 3 * 288 * 768), head: 32_000 * 288,
      lastLayer: 2 * 288 * 288 + 3 * 288 * 768, attention: 2 * 6 * 288, layerAttention: 2 * 288,
      cache: 2 * 6 * 288),
    .medium: ModelCost(
      layers: 12 * (4 * 768 * 768 + 3 * 768 * 2048), head: 32_000 * 768,
      lastLayer: 2 * 768 * 768 + 3 * 768 * 2048, attention: 2 * 12 * 768,
      layerAttention: 2 * 768, cache: 2 * 12 * 768),
    .large: ModelCost(
      layers: 22 * (2 * 2048 * (2048 + 256) + 3 * 2048 * 5632), head: 32_000 * 2048,
      lastLayer: 2 * 2048 * 2048 + 3 * 2048 * 5632, attention: 2 * 22 * 2048,
      layerAttention: 2 * 2048, cache: 2 * 22 * 256),
  ]

  private func roofline(_ model: BenchModel, _ change: (inout Workload) -> Void) throws -> Roofline
  {
    var workload = Workload()
    change(&workload)
    return Roofline(try #require(Self.models[model]), workload, workers: 2, limits)
  }

  /// By hand from projections and bytes alone; attention adds up to 4 %. Prefill is shorter by 8,128
  /// tokens that need only keys and values of the last layer: 0.014, 0.10 and 0.73 s.
  @Test(arguments: [
    (BenchModel.small, 1, 0.217), (.medium, 1, 2.29), (.large, 1, 24.7), (.small, 3, 0.475),
    (.medium, 3, 4.14), (.large, 3, 42.1),
  ]) func agreesWithHandComputedRooflines(model: BenchModel, beams: Int, seconds: Double) throws {
    let roofline = try roofline(model) { $0.beams = beams }
    #expect(roofline.seconds >= seconds * 0.99)
    #expect(roofline.seconds <= seconds * 1.05)
  }

  @Test func aSingleRequestReadsWeightsAndCaches() throws {
    let roofline = try roofline(.large) {
      $0.compute = .int8
      $0.prompts = 1
      $0.beams = 1
      $0.newTokens = 2
    }
    // 1,034,420,224 weights of a byte; 129 positions of 11,264 bytes.
    let bytes = 1_034_420_224.0 + 129 * 11_264
    #expect(abs(roofline.decode - bytes / 50e9) < 1e-9)
  }

  @Test func anInt8HeadTakesHalfTheTime() throws {
    let model = try #require(Self.models[.small])
    let work = Workload()
    let (bf16, int8) = (
      Roofline(model, work, workers: 2, limits),
      Roofline(model, work, workers: 2, head: .int8, limits)
    )
    // Steps of 192 lanes are compute-bound.
    let head = 63 * 192 * 2 * 32_000.0 * 288
    #expect(abs(bf16.decode - int8.decode - head * (1 / 955e9 - 1 / 2047e9)) < 1e-9)
  }

  @Test func batchesAddUpAndPrefillAloneDecodesNothing() throws {
    let one = try roofline(.small) { $0.prompts = 128 }
    let ten = try roofline(.small) { $0.prompts = 1280 }
    #expect(abs(ten.seconds / one.seconds - 10) < 1e-9)
    #expect(try roofline(.small) { $0.newTokens = 1 }.decode == 0)
  }

  @Test func countsAModelFromItsConfiguration() throws {
    let model = try ModelCost(ModelFolder(Fixtures.model).configuration)
    // 6 layers, hidden 192, 6 heads over 2 key/value heads of 32, feed-forward 512, 2,048 words.
    let layers = 6 * (2 * 192 * (192 + 64) + 3 * 192 * 512)
    #expect(
      model
        == ModelCost(
          layers: layers, head: 2048 * 192, lastLayer: 2 * 192 * 192 + 3 * 192 * 512,
          attention: 2 * 6 * 192, layerAttention: 2 * 192, cache: 2 * 6 * 64))
  }
}
