import Testing

@testable import ParaDecoding

@Suite struct LogitsProcessorsTests {
  @Test func nothingIsEditedByDefault() throws {
    let processors = LogitsProcessors(
      settings: GenerationSettings(endOfSequence: [1]), prompt: [1, 2])
    #expect(processors.isEmpty)
    #expect(processors.edits(generated: [3]).isEmpty)
  }

  @Test func seenTokensArePenalizedOnce() throws {
    let processors = LogitsProcessors(
      settings: GenerationSettings(repetitionPenalty: 2), prompt: [5, 1, 5])
    #expect(!processors.isEmpty)
    #expect(
      processors.edits(generated: [3, 1])
        == [1, 3, 5].map { LogitsProcessors.Edit(token: $0, change: .penalize(2)) })
  }

  @Test func penaltyLowersPositiveAndNegativeScores() {
    let edit = LogitsProcessors.Edit(token: 0, change: .penalize(2))
    #expect(edit.applied(to: 3) == 1.5)
    #expect(edit.applied(to: -3) == -6)
    #expect(edit.applied(to: -.infinity) == -.infinity)
    #expect(LogitsProcessors.Edit(token: 0, change: .forbid).applied(to: 3) == -.infinity)
  }

  @Test(arguments: [
    (1, [TokenID](), [7, 8, 7, 8]),  // every token seen, prompt included, as often as it was
    (2, [], [7]),  // after 8 came 7
    (3, [], [7]),  // after 7 8 came 7
    (4, [], []),
    (5, [], []),  // the prompt is shorter than an n-gram
    (2, [9, 8], [7, 9]),
  ])
  func tokensThatRepeatAnNgramAreForbidden(
    size: Int, generated: [TokenID], forbidden: [TokenID]
  ) throws {
    let processors = LogitsProcessors(
      settings: GenerationSettings(noRepeatNgramSize: size), prompt: [7, 8, 7, 8])
    #expect(
      processors.edits(generated: generated)
        == forbidden.map { LogitsProcessors.Edit(token: $0, change: .forbid) })
  }

  @Test func sequenceDoesNotEndBeforeItsMinimum() throws {
    let processors = LogitsProcessors(
      settings: GenerationSettings(minNewTokens: 2, endOfSequence: [4, 6]), prompt: [4])
    let forbidden = [4, 6].map { LogitsProcessors.Edit(token: $0, change: .forbid) }
    #expect(processors.edits(generated: [1]) == forbidden)
    #expect(processors.edits(generated: [1, 1]) == [])
  }

  @Test func beamSearchProcessesLogProbabilitiesAndOthersLogits() {
    #expect(GenerationSettings().processesLogits)
    #expect(GenerationSettings(doSample: true).processesLogits)
    #expect(!GenerationSettings(numBeams: 2).processesLogits)
  }
}
