import Foundation
import ParaCheckpoints
import ParaEngine
import ParaTensors
import ParaTestSupport
import ParaTokenizers
import Testing

@testable import ParaDecoding

/// Teacher-forced continuations against transformers' log-probabilities, for the bare model and each
/// kind of adapter
/// (fixtures/make/goldens.py).
@Suite struct ChoiceTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      var task: String
      var adapter: String?
      var prompt: String
      var promptTokens: [Int32]
      var choices: [String]
      var choiceTokens: [[Int32]]
      var sumLogProbability: [Float]
    }
    var cases: [Case]
  }

  private let model: EmbeddedModel
  private let cases: [Golden.Case]

  init() throws {
    model = try EmbeddedModel()
    cases = try JSONFile.decode(
      Golden.self, Fixtures.goldens("ParaEngineTests").appending(path: "choices.json")
    ).cases
  }

  private func requests() throws -> [GenerationRequest] {
    try cases.map { golden in
      var request = try model.request(
        tokens: golden.promptTokens, adapter: golden.adapter, beams: 1)
      request.continuations = golden.choiceTokens
      return request
    }
  }

  @Test func theGoldensCoverFiveTasksFiveWays() {
    #expect(cases.count == 100)
    #expect(Set(cases.map { $0.adapter?.split(separator: "-").last ?? "base" }).count == 5)
    #expect(cases.contains { $0.choiceTokens.contains { $0.count > 4 } })
  }

  /// All rows in one mixed batch; 1e-4 of the sum, which is up to 100 here.
  @Test(arguments: [1, 2]) func everyChoiceEqualsTransformers(threads: Int) throws {
    let found = try model.engine(threads: threads).generate(requests())
    for (golden, hypotheses) in zip(cases, found) {
      #expect(hypotheses.map(\.tokens) == golden.choiceTokens)
      for (hypothesis, expected) in zip(hypotheses, golden.sumLogProbability) {
        let difference = abs(hypothesis.sumLogProbability - expected)
        #expect(difference <= 1e-4 * max(1, abs(expected)), "\(golden.adapter ?? "base")")
      }
    }
  }

  /// A choice's score is normalised by the request's length penalty, as a generated answer's is.
  @Test func scoresFollowTheLengthPenalty() throws {
    var request = try #require(try requests().first)
    request.settings = GenerationSettings(lengthPenalty: 0.5)
    for choice in try model.engine().generate([request])[0] {
      let expected = choice.sumLogProbability / Float(choice.generatedLength).squareRoot()
      #expect(abs(choice.score - expected) <= 1e-5 * abs(expected))
    }
  }

  @Test func choicesTokenizeAsInTransformers() throws {
    let tokenizer = try Tokenizer(folder: Fixtures.model)
    for golden in cases {
      let tokens = golden.choices.map {
        Array(tokenizer.encode(golden.prompt + $0).dropFirst(golden.promptTokens.count))
      }
      #expect(tokens == golden.choiceTokens)
    }
  }
}

/// The perplexity of lower precisions: the embedded model over the prompts of all tasks.
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
