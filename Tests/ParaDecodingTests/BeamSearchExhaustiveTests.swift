import Foundation
import ParaDecoding
import Testing

/// With as many beams as there are sequences nothing is pruned, so the search must return all
/// sequences in the order of their scores.
@Suite struct BeamSearchExhaustiveTests {
  @Test(arguments: [2, 3, 4], [-1, 0, 0.6, 1, 2])
  func everySequenceIsFound(vocabulary: Int, lengthPenalty: Double) throws {
    for (seed, length) in zip(UInt64(0)..., [1, 2, 3, 4, 4, 4]) {
      let sequences = Int(pow(Double(vocabulary), Double(length)))
      let driver = Driver(
        model: HashModel(vocabulary: vocabulary, seed: seed), prompt: [1],
        settings: try SearchSettings(
          numBeams: sequences, maxNewTokens: length, lengthPenalty: lengthPenalty,
          earlyStopping: .never, numReturnSequences: sequences, endOfSequence: [0]))
      let found = try driver.finish().hypotheses
      let expected = enumerate(driver)
      #expect(found.map(\.tokens) == expected.map(\.tokens))
      #expect(found.map(\.score) == expected.map(\.score))
    }
  }

  private struct Scored {
    var tokens: [TokenID]
    var score: Float
  }

  private func enumerate(_ driver: Driver) -> [Scored] {
    var ended: [Scored] = []
    var open = [(tokens: [TokenID](), sum: Float(0))]
    while let (tokens, sum) = open.popLast() {
      let scores = driver.model.scores(after: driver.prompt + tokens)
      for (token, score) in scores.enumerated() {
        let next = (tokens: tokens + [TokenID(token)], sum: sum + score)
        if token == 0 || next.tokens.count == driver.settings.maxNewTokens {
          let divisor = Float(pow(Double(next.tokens.count), driver.settings.lengthPenalty))
          ended.append(Scored(tokens: next.tokens, score: next.sum / divisor))
        } else {
          open.append(next)
        }
      }
    }
    return ended.sorted { $0.score > $1.score }
  }
}
