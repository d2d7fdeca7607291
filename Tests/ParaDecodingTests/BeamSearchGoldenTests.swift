import Foundation
import ParaDecoding
import ParaTestSupport
import Testing

/// What `transformers` 4.57.3 `generate` returned for the model of ``HashModel``; scores are equal
/// bit for bit.
@Suite struct BeamSearchGoldenTests {
  @Test(arguments: [
    // num_beams × length_penalty × early_stopping × number of eos ids × min_new_tokens ×
    // repetition_penalty × no_repeat_ngram_size, returning one or all beams.
    ("beam.json", 928),
    // num_beams × length_penalty × early_stopping × number of eos ids, with a stopping criterion.
    ("stop.json", 288),
    // min_new_tokens × repetition_penalty × number of eos ids × no_repeat_ngram_size.
    ("greedy.json", 72),
  ])
  func searchEqualsTransformers(file: String, count: Int) throws {
    let cases = try GoldenFile<GoldenCase>.read(file).cases
    #expect(cases.count == count)
    for golden in cases {
      let found = try golden.driver.finish().hypotheses
      #expect(found.map(\.tokens) == golden.hypotheses.map(\.tokens), "\(golden)")
      for (hypothesis, recorded) in zip(found, golden.hypotheses) {
        guard let score = recorded.score else { continue }
        #expect(hypothesis.score == score, "\(golden)")
      }
    }
  }
}

/// The files that `Goldens/make.py` records.
struct GoldenFile<Case: Decodable>: Decodable {
  var madeWith: String
  var cases: [Case]

  enum CodingKeys: String, CodingKey {
    case cases
    case madeWith = "made_with"
  }

  static func read(_ name: String) throws -> Self {
    let file = Fixtures.goldens("ParaDecodingTests").appending(path: name)
    return try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
  }
}

/// One call of `generate` and what it returned.
struct GoldenCase: Decodable, CustomStringConvertible {
  var vocabulary: Int
  var seed: UInt64
  var prompt: [TokenID]
  var settings: GoldenSettings
  /// A sequence ends when its last two generated tokens add up to a multiple of this.
  var stopModulus: TokenID?
  var hypotheses: [GoldenHypothesis]

  var driver: Driver {
    Driver(
      model: HashModel(vocabulary: vocabulary, seed: seed), prompt: prompt,
      settings: settings.resolved
    ) { tokens in
      guard let stopModulus, tokens.count > 1 else { return false }
      return tokens.suffix(2).reduce(0, +).isMultiple(of: stopModulus)
    }
  }

  enum CodingKeys: String, CodingKey {
    case vocabulary, seed, prompt, settings, hypotheses
    case stopModulus = "stop_modulus"
  }

  var description: String { "vocabulary \(vocabulary), seed \(seed), \(prompt), \(settings)" }
}

/// The settings that `generate` was called with.
struct GoldenSettings: Decodable {
  var resolved: GenerationSettings

  private enum CodingKeys: String, CodingKey { case endOfSequence = "eos_token_id" }

  init(from decoder: any Decoder) throws {
    resolved = GenerationSettings(try GenerationOptions(from: decoder))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    resolved.endOfSequence =
      try container.decodeIfPresent([TokenID].self, forKey: .endOfSequence) ?? []
    try resolved.validate()
  }
}

/// `[tokens, score]`; greedy search reports no score.
struct GoldenHypothesis: Decodable {
  var tokens: [TokenID]
  var score: Float?

  init(from decoder: any Decoder) throws {
    var container = try decoder.unkeyedContainer()
    tokens = try container.decode([TokenID].self)
    score = container.isAtEnd ? nil : try container.decode(Float.self)
  }
}
