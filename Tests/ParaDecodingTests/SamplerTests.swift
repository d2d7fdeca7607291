import Foundation
import Testing

@testable import ParaDecoding

@Suite struct SamplerTests {
  private let logits: [Float] = [1, 3, 2, -.infinity, 0]

  /// Known answers of the generator's authors (Random123, `kat_vectors`, philox4x32 10).
  @Test(arguments: [
    (
      SIMD4<UInt32>(), SIMD2<UInt32>(),
      SIMD4<UInt32>(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)
    ),
    (
      SIMD4(repeating: UInt32.max), SIMD2(repeating: UInt32.max),
      SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)
    ),
    (
      SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0),
      SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ])
  func generatorGivesKnownAnswers(
    counter: SIMD4<UInt32>, key: SIMD2<UInt32>, bits: SIMD4<UInt32>
  ) {
    #expect(Philox(key: key).bits(counter) == bits)
  }

  private struct WarperCase: Decodable {
    var vocabulary: Int
    var seed: UInt64
    var settings: GoldenSettings
    var kept: [String: Double]
  }

  /// The probabilities that `transformers`' warpers leave, as `Goldens/make.py` recorded them.
  @Test func distributionEqualsTransformers() throws {
    let cases = try GoldenFile<WarperCase>.read("warpers.json").cases
    #expect(cases.count == 72)
    for golden in cases {
      let model = HashModel(vocabulary: golden.vocabulary, seed: golden.seed)
      let logits = model.scores(after: []).map { $0 / 4 }
      let outcomes = try Sampler(settings: golden.settings.resolved, row: 0).distribution(
        over: logits.span)
      let total = outcomes.reduce(0) { $0 + $1.weight }
      #expect(Set(outcomes.map { "\($0.token)" }) == Set(golden.kept.keys), "\(golden)")
      for outcome in outcomes {
        let expected = try #require(golden.kept["\(outcome.token)"])
        // The warpers' logits are fp32: relative steps of 6e-8, and logits up to 8 here.
        #expect(abs(outcome.weight / total - expected) < 1e-6, "\(golden)")
      }
    }
  }

  @Test func samplesFollowTheProbabilities() throws {
    let settings = GenerationSettings(doSample: true, topK: 0, seed: 11)
    var counts = [Int](repeating: 0, count: logits.count)
    let samples = 20_000
    for row in 0..<UInt64(samples) {
      let sampled = try Sampler(settings: settings, row: row).sample(from: logits.span, position: 0)
      counts[Int(sampled.token)] += 1
    }
    let total = logits.reduce(0) { $0 + exp(Double($1)) }
    for (count, logit) in zip(counts, logits) {
      let probability = exp(Double(logit)) / total
      // Five standard deviations of a binomial count.
      let allowed = 5 * (Double(samples) * probability * (1 - probability)).squareRoot()
      #expect(abs(Double(count) - Double(samples) * probability) <= allowed)
    }
  }

  @Test func sampleDependsOnSeedRowSequenceAndPositionAlone() throws {
    let flat = [Float](repeating: 0, count: 1000)
    func sample(_ seed: Int, _ row: UInt64, _ sequence: UInt32, _ position: Int) throws -> TokenID {
      let settings = GenerationSettings(doSample: true, topK: 0, seed: seed)
      let sampler = Sampler(settings: settings, row: row, sequence: sequence)
      return try sampler.sample(from: flat.span, position: position).token
    }
    let first = try sample(1, 2, 3, 4)
    #expect(try sample(1, 2, 3, 4) == first)
    let others = try [
      sample(9, 2, 3, 4), sample(1, 9, 3, 4), sample(1, 2, 9, 4), sample(1, 2, 3, 9),
    ]
    // Five samples of a thousand: equal ones would show that a part of the counter is unused.
    #expect(Set(others + [first]).count == 5)
  }

  @Test func reportedLogProbabilityIsTheModels() throws {
    let settings = GenerationSettings(doSample: true, temperature: 0.1, topK: 1)
    let sampled = try Sampler(settings: settings, row: 0).sample(from: logits.span, position: 0)
    // 3 − log(e¹ + e³ + e² + e⁰), by Python's math module.
    #expect(sampled.token == 1)
    #expect(abs(sampled.logProbability - -0.440_189_7) < 1e-6)
  }

  @Test func smallestTemperatureIsGreedy() throws {
    let settings = GenerationSettings(doSample: true, temperature: .leastNonzeroMagnitude, topK: 0)
    let outcomes = try Sampler(settings: settings, row: 0).distribution(over: logits.span)
    #expect(outcomes.filter { $0.weight > 0 }.map(\.token) == [1])
  }

  @Test func invalidLogitsAreRefused() throws {
    let sampler = Sampler(settings: GenerationSettings(doSample: true), row: 0)
    let broken: [Float] = [0, .nan]
    let error = #expect(throws: SearchError.self) {
      try sampler.sample(from: broken.span, position: 0)
    }
    #expect(error?.message == "The logit of token 1 is nan; logits must be finite or -inf.")
    let impossible: [Float] = [-.infinity]
    #expect(
      #expect(throws: SearchError.self) { try sampler.sample(from: impossible.span, position: 0) }?
        .message
        == "Every next token is impossible; loosen no_repeat_ngram_size or min_new_tokens.")
  }
}
