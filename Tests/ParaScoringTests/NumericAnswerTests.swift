import Foundation
import ParaTestSupport
import Testing

@testable import ParaScoring

@Suite struct NumericAnswerTests {
  @Test(arguments: [
    ("17", "17"), ("17.0", "17"), ("0017.500", "17.5"), (".5", "0.5"), ("5.", "5"), ("-0.0", "0"),
    ("1,234,567.80", "1234567.8"), ("12, 13", "13"), ("$1,000", "1000"), ("-$5", "-5"),
    ("\u{2212}5", "-5"), ("It is -3.", "-3"), ("10-3", "3"), ("10 -3", "-3"), ("a1b22c", "22"),
    ("50%", "50"), ("so 4 + 4 = <<4+4=8>>8", "8"),
    ("They pay 9.\n#### 72", "72"), ("#### $1,080.00 in 3 years", "1080"),
    ("#### 5\nQuestion: what of 7?\n#### 9", "5"), ("#### none of 12", "12"),
    ("#### none\n12 or 13", "13"), ("##### 6", "6"), ("6 ####", "6"),
    ("123456789012345678901234567890", "123456789012345678901234567890"),
  ])
  func numberIsFound(text: String, digits: String) {
    #expect(NumericAnswer(text)?.digits == digits)
  }

  @Test(arguments: ["", "none", "-", ".", ",", "####", "١٢"])
  func textWithoutNumberHasNoAnswer(text: String) {
    #expect(NumericAnswer(text) == nil)
  }

  @Test func noNumberIsNeverRight() throws {
    let metric = try Metric(named: "numeric")
    #expect(try metric.score(prediction: "none", references: ["none"]) == 0)
    #expect(try metric.score(prediction: "17.0", references: ["#### 17"]) == 1)
  }

  private struct Solved: Decodable {
    var groundTruth: String
    var smallTuned: Solution
    var smallVerified: Solution
    var largeTuned: Solution
    var largeVerified: Solution

    var solutions: [Solution] { [smallTuned, smallVerified, largeTuned, largeVerified] }

    enum CodingKeys: String, CodingKey {
      case groundTruth = "ground_truth"
      case smallTuned = "6b_finetuning"
      case smallVerified = "6b_verification"
      case largeTuned = "175b_finetuning"
      case largeVerified = "175b_verification"
    }
  }

  private struct Solution: Decodable {
    var isCorrect: Bool
    var solution: String

    enum CodingKeys: String, CodingKey {
      case isCorrect = "is_correct"
      case solution
    }
  }

  /// GSM8K's published answers of four models with the authors' verdicts.
  @Test(.enabled(if: SharedData.isPresent, "needs ../shared/data/gsm8k"))
  func verdictsOnRealAnswersAreTheAuthors() throws {
    let file = SharedData.url("gsm8k/example_model_solutions.jsonl")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let metric = try Metric(named: "numeric")
    var agreements = 0
    for line in lines {
      let solved = try JSONDecoder().decode(Solved.self, from: Data(line.utf8))
      for answer in solved.solutions {
        let score = try metric.score(prediction: answer.solution, references: [solved.groundTruth])
        agreements += (score == 1) == answer.isCorrect ? 1 : 0
      }
    }
    #expect(agreements == 4 * 1319)
  }
}
