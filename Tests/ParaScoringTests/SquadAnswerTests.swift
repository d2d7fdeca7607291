import Foundation
import ParaTestSupport
import Testing

@testable import ParaScoring

/// What Python computed for answers that are hard to normalise: Unicode, articles inside words, empty
/// answers, and white space of all kinds.
@Suite struct SquadAnswerTests {
  private struct Golden: Decodable {
    var words: [Words]
    var cases: [Case]
  }

  private struct Words: Decodable {
    var text: String
    var words: [String]

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      text = try container.decode(String.self)
      words = try container.decode([String].self)
    }
  }

  private struct Case: Decodable {
    var prediction: String
    var references: [String]
    var f1: Double
    var isExact: Bool

    init(from decoder: any Decoder) throws {
      var container = try decoder.unkeyedContainer()
      prediction = try container.decode(String.self)
      references = try container.decode([String].self)
      f1 = try container.decode(Double.self)
      isExact = try container.decode(Bool.self)
    }
  }

  private func golden() throws -> Golden {
    let file = Fixtures.goldens("ParaScoringTests").appending(path: "squad.json")
    return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  @Test func wordsArePythons() throws {
    for text in try golden().words {
      let words = SquadAnswer(text.text).words.map(Array.init)
      #expect(words == text.words.map { PythonText($0) }, "\(text.text.debugDescription)")
    }
  }

  @Test func scoresArePythons() throws {
    let cases = try golden().cases
    let f1 = try Metric(named: "f1")
    let em = try Metric(named: "em")
    let both = try Metric(named: "f1_em")
    #expect(cases.count > 400)
    for golden in cases {
      let (prediction, references) = (golden.prediction, golden.references)
      let exact = golden.isExact ? 1.0 : 0
      #expect(try f1.score(prediction: prediction, references: references) == golden.f1)
      #expect(try em.score(prediction: prediction, references: references) == exact)
      #expect(
        try both.score(prediction: prediction, references: references) == (golden.f1 + exact) / 2)
    }
  }
}
