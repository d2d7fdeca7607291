import ParaDecoding
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
