import Foundation
import ParaDecoding
import ParaTestSupport

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
  var settings: SearchSettings
  /// A sequence ends when its last two generated tokens add up to a multiple of this.
  var stopModulus: TokenID?
  var hypotheses: [GoldenHypothesis]

  var driver: Driver {
    Driver(
      model: HashModel(vocabulary: vocabulary, seed: seed), prompt: prompt, settings: settings
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
