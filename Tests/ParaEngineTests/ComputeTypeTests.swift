import Foundation
import ParaDecoding
import ParaEngine
import ParaTensors
import ParaTestSupport
import Testing

/// What rounding costs the embedded model: its perplexity over the prompts of all tasks.
@Suite struct ComputeTypeTests {
  /// exp of the mean negative log-probability of each prompt's tokens after its first four.
  private func perplexity(_ compute: ComputeType, _ cache: KVCacheType? = nil) throws -> Double {
    let model = try EmbeddedModel(compute: compute, cache: cache)
    let prompts = Set(model.cases.map(\.promptTokens)).sorted { $0.lexicographicallyPrecedes($1) }
    let requests = try prompts.map { prompt in
      var request = try model.request(tokens: Array(prompt.prefix(4)), adapter: nil, beams: 1)
      request.continuations = [Array(prompt.dropFirst(4))]
      return request
    }
    let found = try model.engine().generate(requests).flatMap(\.self)
    let sum = found.reduce(0.0) { $0 + Double($1.sumLogProbability) }
    return exp(-sum / Double(found.reduce(0) { $0 + $1.generatedLength }))
  }

  @Test(arguments: [
    (ComputeType.bfloat16, nil), (.int8, nil), (.float32, KVCacheType.int8), (.bfloat16, .int8),
    (.int8, .bfloat16),
  ])
  func perplexityStaysWithinOnePercent(compute: ComputeType, cache: KVCacheType?) throws {
    let (exact, rounded) = (try perplexity(.float32), try perplexity(compute, cache))
    #expect(abs(rounded / exact - 1) < 0.01, "\(rounded) instead of \(exact)")
    #expect(rounded != exact)
  }
}
