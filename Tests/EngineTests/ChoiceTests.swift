import Adapters
import Checkpoints
import Decoding
import Foundation
import TestSupport
import Testing
import Tokenizers

@testable import Engine

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
      Golden.self, Fixtures.goldens("EngineTests").appending(path: "choices.json")
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

  @Test func choicesTokenizeAsInTransformers() throws {
    let tokenizer = try Tokenizer(folder: Fixtures.model)
    for golden in cases {
      let tokens = golden.choices.map {
        Array(tokenizer.encode(golden.prompt + $0).dropFirst(golden.promptTokens.count))
      }
      #expect(tokens == golden.choiceTokens)
    }
  }

  /// One prefill a prompt: its choices are lanes over one cache, and PARA's vectors are made once in each
  /// layer however many choices there are, and never while they are scored.
  @Test func choicesShareThePromptsPrefill() throws {
    let requests = try requests().filter { $0.adapter?.method == .para }
    #expect(requests.count == 20)
    let prefilled = Prefiller(model.engine()).prefill(requests)
    let batch = RunningBatch<Int>(model.engine())
    for (index, prompt) in prefilled.enumerated() {
      #expect(prompt.lanes == requests[index].continuations.count)
      batch.join(prompt, tag: index)
    }
    while batch.laneCount > 0 { _ = batch.step() }
    let layers = try ModelFolder(Fixtures.model).configuration.layers
    for prompt in prefilled { #expect(prompt.adjustments?.generatorCalls == layers) }
  }
}
