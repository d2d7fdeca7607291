import ParaAdapters
import ParaCheckpoints
import ParaDecoding
import ParaModel
import ParaTestSupport
import Testing

@testable import ParaEngine

/// PARA's vectors are computed once per prompt and layer, at prefill, and never in a decode step.
@Suite struct GeneratorCallTests {
  private let model: EmbeddedModel
  private let layers: Int

  init() throws {
    model = try EmbeddedModel()
    layers = try ModelFolder(Fixtures.model).configuration.layers
  }

  /// Prompts with PARA, interleaved with all other kinds of adapter.
  private func requests(beams: Int) throws -> [GenerationRequest] {
    try stride(from: 0, to: model.cases.count, by: 5).map {
      try model.request(model.cases[$0], beams: beams)
    }
  }

  /// Counts the calls after prefill and after decoding to the end.
  private func expectOnePerLayer(_ requests: [GenerationRequest]) throws {
    #expect(requests.contains { $0.adapter?.method == .para })
    let prefilled = Prefiller(model.engine()).prefill(requests)
    let counts = zip(requests, prefilled).map { request, prompt in
      (expected: request.adapter?.method == .para ? layers : 0, prompt: prompt)
    }
    func check() {
      for (expected, prompt) in counts {
        #expect((prompt.adapter?.generatorCalls ?? 0) == expected)
      }
    }
    check()
    let batch = RunningBatch<Int>(model.engine(lanes: 10_000))
    for (index, prompt) in prefilled.enumerated() { batch.join(prompt, tag: index) }
    var steps = 0
    while batch.requestCount > 0 {
      _ = batch.step()
      steps += 1
    }
    #expect(steps > 3)
    check()
  }

  @Test(arguments: [1, 3]) func onePerLayerAndNoneWhileDecoding(beams: Int) throws {
    try expectOnePerLayer(requests(beams: beams))
  }

  /// A prompt's continuations are lanes over its one KV cache.
  @Test func choicesShareThePrompt() throws {
    let requests = try requests(beams: 1).map { request in
      var request = request
      request.continuations = [[5, 6, 7, 8, 9, 10], [11], [12, 13]]
      return request
    }
    try expectOnePerLayer(requests)
    #expect(Prefiller(model.engine()).prefill(requests).allSatisfy { $0.lanes == 3 })
  }
}
