import Foundation
import ParaCheckpoints
import ParaDecoding
import ParaEngine
import ParaTestSupport
import ParaTokenizers
import Testing

/// Given continuations against transformers' log-probabilities, for the base and each kind of adapter
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

  /// A choice's score is what the run's settings make of its sum, as an answer's is.
  @Test func scoresFollowTheLengthPenalty() throws {
    var request = try #require(try requests().first)
    request.settings = try SearchSettings(lengthPenalty: 0.5)
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
