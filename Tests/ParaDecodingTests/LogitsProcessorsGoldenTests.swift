import ParaDecoding
import Testing

/// What transformers 5.24.0's processors, in its order, make of random scores; equal bit for bit.
@Suite struct LogitsProcessorsGoldenTests {
  private struct Golden: Decodable, CustomStringConvertible {
    let settings: GenerationOptions
    let prompt, generated: [TokenID]
    let scores: [Float]
    /// Nil is −∞.
    let processed: [Float?]

    var description: String { "\(settings), \(prompt), \(generated)" }

    var processors: LogitsProcessors {
      var settings = GenerationSettings(self.settings)
      settings.endOfSequence = [3, 5]
      settings.maxNewTokens = 8
      return LogitsProcessors(settings: settings, prompt: prompt)
    }
  }

  @Test func processedScoresEqualTransformers() throws {
    let cases = try GoldenFile<Golden>.read("processors.json").cases
    #expect(cases.count == 204)
    for golden in cases {
      let processors = golden.processors
      var scores = golden.scores
      let edits = processors.edits(generated: golden.generated)
      #expect(!processors.isEmpty || edits.isEmpty, "\(golden)")
      if let forced = processors.forcedCandidate(generated: golden.generated) {
        scores = scores.map { _ in -.infinity }
        scores[Int(forced.token)] = forced.logProbability
      } else {
        for edit in edits { scores[Int(edit.token)] = edit.applied(to: scores[Int(edit.token)]) }
      }
      #expect(scores == golden.processed.map { $0 ?? -.infinity }, "\(golden)")
    }
  }
}
