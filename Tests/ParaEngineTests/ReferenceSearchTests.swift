import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaEngine
import ParaModel
import ParaTestSupport
import Testing

@testable import ParaDecoding

/// The engine against the reference decoder under the same search: greedy and beam search, with and
/// without logits processors, in one batch of all kinds of adapter.
///
/// The reference recomputes each lane's whole sequence, without KV cache, batch or fused head.
@Suite struct ReferenceSearchTests {
  private let model: EmbeddedModel
  private let reference: ReferenceDecoder
  /// Two prompts for the bare model and for each kind of adapter.
  private let cases: [EmbeddedModel.Case]

  init() throws {
    model = try EmbeddedModel()
    reference = try ReferenceDecoder(ModelFolder(Fixtures.model))
    let kinds = Dictionary(grouping: model.cases) {
      $0.adapter?.split(separator: "-").last.map(String.init) ?? "base"
    }
    cases = kinds.sorted { $0.key < $1.key }.flatMap { kind in
      kind.value.sorted { $0.promptTokens.count < $1.promptTokens.count }.prefix(2)
    }
  }

  @Test(arguments: [
    GenerationSettings(maxNewTokens: 6),
    GenerationSettings(maxNewTokens: 6, repetitionPenalty: 1.3, noRepeatNgramSize: 2),
    GenerationSettings(numBeams: 3, maxNewTokens: 6, numReturnSequences: 3),
    GenerationSettings(
      numBeams: 3, maxNewTokens: 6, minNewTokens: 4, lengthPenalty: 0.5, earlyStopping: .never,
      numReturnSequences: 2, repetitionPenalty: 1.3),
  ])
  func equalsTheReference(settings: GenerationSettings) throws {
    var settings = settings
    settings.endOfSequence = model.decoder.endOfSequence
    #expect(cases.count == 10)
    let requests = try cases.map { golden in
      var request = try model.request(golden, beams: 1)
      request.settings = settings
      return request
    }
    for (request, found) in zip(requests, try model.engine().generate(requests)) {
      let expected = try search(request)
      let name = request.adapter?.name ?? "base"
      #expect(found.map(\.tokens) == expected.map(\.tokens), "\(name)")
      #expect(found.map(\.stopReason) == expected.map(\.stopReason), "\(name)")
      for (hypothesis, reference) in zip(found, expected) {
        // Scores are sums of up to 6 log-probabilities, each within 1e-4 of the reference's.
        #expect(abs(hypothesis.score - reference.score) < 6e-4, "\(name)")
      }
    }
  }

  private func search(_ request: GenerationRequest) throws -> [Hypothesis] {
    var search = BeamSearch(settings: request.settings)
    while !search.isFinished {
      let candidates = (0..<search.laneCount).flatMap { lane in
        self.candidates(
          request, generated: search.tokens(ofLane: lane), count: search.candidatesPerLane)
      }
      _ = try search.advance(candidates.span)
    }
    return search.hypotheses
  }

  /// The best next tokens by descending log-probability, ties by ascending token.
  private func candidates(
    _ request: GenerationRequest, generated: [TokenID], count: Int
  ) -> [Candidate] {
    let tokens = request.tokens + generated
    let logits = reference.forward(
      tokens, adapter: request.adapter?.weights, promptLength: request.tokens.count
    ).logits  // [tokens, vocabulary]
    var scores = Array(logits.values.suffix(logits.columns))
    let edits = LogitsProcessors(settings: request.settings, prompt: request.tokens)
      .edits(generated: generated)
    func process() {
      for edit in edits { scores[Int(edit.token)] = edit.applied(to: scores[Int(edit.token)]) }
    }
    if request.settings.processesLogits { process() }
    let largest = scores.max() ?? 0
    let logSumExp = Double(largest) + log(scores.reduce(0) { $0 + exp(Double($1 - largest)) })
    for index in scores.indices { scores[index] = Float(Double(scores[index]) - logSumExp) }
    if !request.settings.processesLogits { process() }
    return scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(count)
      .map { Candidate(token: TokenID($0), logProbability: scores[$0]) }
  }
}
