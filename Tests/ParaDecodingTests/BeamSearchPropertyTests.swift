import Foundation
import ParaTestSupport
import Testing

@testable import ParaDecoding

/// Properties of every search, checked on 400 random ones.
@Suite struct BeamSearchPropertyTests {
  private static let drivers = (0..<400).map { random(seed: $0) }

  private static func random(seed: UInt64) -> Driver {
    var generator = SeededGenerator(seed: seed)
    let vocabulary = Int.random(in: 2...12, using: &generator)
    let beams = Int.random(in: 1...6, using: &generator)
    let length = Int.random(in: 1...9, using: &generator)
    let ends = (0..<TokenID(vocabulary)).shuffled(using: &generator)
    let stopping: [EarlyStopping] = [.heuristic, .always, .never]
    let settings = GenerationSettings(
      numBeams: beams,
      maxNewTokens: length,
      minNewTokens: Int.random(in: 0...length, using: &generator),
      lengthPenalty: Double.random(in: -2...2, using: &generator),
      earlyStopping: stopping[Int.random(in: 0..<3, using: &generator)],
      numReturnSequences: Int.random(in: 1...beams, using: &generator),
      endOfSequence: Array(ends.prefix(Int.random(in: 0...2, using: &generator))))
    return Driver(
      model: HashModel(vocabulary: vocabulary, seed: seed), prompt: [0, 1], settings: settings)
  }

  @Test func hypothesesHaveTheDocumentedProperties() throws {
    for driver in Self.drivers {
      let settings = driver.settings
      try settings.validate()
      guard let search = try? driver.finish() else {
        // The only legal failure: every token of a tiny vocabulary is an end-of-sequence id, too early.
        #expect(settings.minNewTokens > 0)
        #expect(settings.endOfSequence.count == driver.model.vocabulary)
        continue
      }
      #expect(search.isFinished)
      let found = search.hypotheses
      #expect((1...settings.numReturnSequences).contains(found.count))
      #expect(Set(found.map(\.tokens)).count == found.count)
      #expect(found.map(\.score) == found.map(\.score).sorted(by: >))
      for hypothesis in found { check(hypothesis, driver) }
    }
  }

  private func check(_ hypothesis: Hypothesis, _ driver: Driver) {
    let settings = driver.settings
    let tokens = hypothesis.tokens
    let ends = Set(settings.endOfSequence)
    #expect(tokens.count <= settings.maxNewTokens)
    #expect(hypothesis.generatedLength == tokens.count)
    #expect(!tokens.dropLast().contains { ends.contains($0) })
    if let last = tokens.last, ends.contains(last) {
      #expect(hypothesis.stopReason == .endOfSequence)
      #expect(tokens.count > settings.minNewTokens)
    } else {
      #expect(hypothesis.stopReason == .length)
      #expect(tokens.count == settings.maxNewTokens)
    }
    let sum = tokens.indices.reduce(Float(0)) { sum, index in
      sum + driver.model.scores(after: driver.prompt + tokens[..<index])[Int(tokens[index])]
    }
    #expect(hypothesis.sumLogProbability == sum)
    let divisor = Float(pow(Double(tokens.count), settings.lengthPenalty))
    #expect(hypothesis.score == sum / divisor)
  }

  @Test func moreCandidatesInAnyOrderChangeNothing() throws {
    var generator = SeededGenerator(seed: 7)
    for driver in Self.drivers.prefix(100) {
      guard let expected = try? driver.finish().hypotheses else { continue }
      var search = BeamSearch(settings: driver.settings)
      var lanes = [[TokenID]()]
      while !lanes.isEmpty {
        let all = lanes.flatMap { allCandidates(driver, after: $0).shuffled(using: &generator) }
        lanes =
          switch try search.advance(all.span) {
          case .continue(let next): next.map { lanes[$0.parent] + [$0.token] }
          case .finished: []
          }
      }
      #expect(search.hypotheses == expected)
    }
  }

  private func allCandidates(_ driver: Driver, after generated: [TokenID]) -> [Candidate] {
    let scores = driver.model.scores(after: driver.prompt + generated)
    let forbids = generated.count < driver.settings.minNewTokens
    return scores.enumerated().map { index, score in
      let token = TokenID(index)
      let forbidden = forbids && driver.settings.endOfSequence.contains(token)
      return Candidate(token: token, logProbability: forbidden ? -.infinity : score)
    }
  }
}

/// With as many beams as there are sequences nothing is pruned, so the search must return all
/// sequences in the order of their scores.
@Suite struct BeamSearchExhaustiveTests {
  @Test(arguments: [2, 3, 4], [-1, 0, 0.6, 1, 2])
  func everySequenceIsFound(vocabulary: Int, lengthPenalty: Double) throws {
    for (seed, length) in zip(UInt64(0)..., [1, 2, 3, 4, 4, 4]) {
      let sequences = Int(pow(Double(vocabulary), Double(length)))
      let driver = Driver(
        model: HashModel(vocabulary: vocabulary, seed: seed), prompt: [1],
        settings: GenerationSettings(
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
