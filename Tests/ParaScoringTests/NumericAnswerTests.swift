import Foundation
import ParaTestSupport
import Testing

@testable import ParaScoring

@Suite struct NumericAnswerTests {
  private func score(_ prediction: String, _ reference: String) throws -> Double {
    try Metric(named: "numeric").score(prediction: prediction, references: [reference])
  }

  /// Texts and the numbers that they arrive at.
  @Test(arguments: [
    ("17", "17"), ("17.0", "17"), ("0017.500", "17.5"), (".5", "0.5"), ("5.", "5"), ("-0.0", "0"),
    ("1,234,567.80", "1234567.8"), ("12, 13", "13"), ("1,2,3", "3"), ("1,2345", "2345"),
    ("1,00,000", "100000"), ("12345,678", "678"), ("$1,000", "1000"), ("-$5", "-5"),
    ("-\\$5", "-5"),
    ("\u{2212}5", "-5"), ("It is -3.", "-3"), ("10-3", "3"), ("10 -3", "-3"), ("a1b22c", "22"),
    ("50%", "50"), ("so 4 + 4 = <<4+4=8>>8", "8"), ("No.5", "5"), ("答案是17元", "17"), ("US$5", "5"),
    ("They pay 9.\n#### 72", "72"), ("#### $1,080.00 in 3 years", "1080"),
    ("#### 5\nQuestion: what of 7?\n#### 9", "5"), ("#### none of 12", "12"),
    ("#### none\n12 or 13", "13"), ("##### 6", "6"), ("6 ####", "6"), ("### 5\n#### 6 ", "6"),
    ("123456789012345678901234567890", "123456789012345678901234567890"), ("١٢", "12"),
    // Units, names, indices and exponents.
    ("17 cm2", "17"), ("an area of 17 m^2", "17"), ("17 m^{-2}", "17"), ("CO2", "2"),
    ("x_1 = 5", "5"),
    ("$x^2$", "2"), ("\\boxed12", "12"), ("\\cdot5", "5"),
    // Exponents and powers.
    ("1.5e3", "1500"), ("1E-3", "0.001"), ("6e-06", "0.000006"), ("2e", "2"),
    ("1.5 × 10^3", "1500"),
    ("1.5 \\times 10^{-3}", "0.0015"), ("2 x 3", "3"), ("10^6", "1000000"), ("2^10", "1024"),
    ("1.5^2", "2.25"), ("2^-1", "2"), ("1e999999", "1e999999"), ("0e5", "0"),
    // Fractions.
    ("3/4", "0.75"), ("-3/4", "-0.75"), ("the answer is 6/8", "3/4"), ("1 1/2", "1.5"),
    ("2½", "2.5"),
    ("¾", "0.75"), ("\\frac{3}{4}", "0.75"), ("-\\dfrac{-3}{4}", "0.75"), ("\\frac34", "0.75"),
    ("1\\frac{1}{2}", "1.5"), ("3/4/2020", "2020"), ("7 9/3", "3"), ("5/0 but 6", "6"),
    ("1,000/4", "250"), ("0.5/2", "0.25"), ("\\frac{x}{2}", "2"), ("-1 1/2", "-1.5"),
    // LaTeX's thousands.
    ("\\boxed{$9{,}500}", "9500"), ("9\\,500", "9500"), ("9,\\!500", "9500"),
    ("9\u{202F}500", "9500"),
  ])
  func numberIsFound(text: String, number: String) throws {
    #expect(try score(text, number) == 1)
    #expect(try score(number, text) == 1)
    #expect(try score(text, "77777") == 0)
  }

  @Test(arguments: ["", "none", "-", ".", ",", "####", "1/0", "\\frac{1}{0}"])
  func textWithoutNumberHasNoAnswer(text: String) {
    #expect(NumericAnswer(text) == nil)
  }

  @Test func longNumbersAndFractionsTakeNoTime() throws {
    let digits = String(repeating: "7", count: 300_000)
    #expect(try score(digits, digits) == 1)
    #expect(try score(digits, "1/3") == 0)
    #expect(try score("9^999999999", "81") == 0)
    #expect(try score("1/" + digits, "7") == 0)
  }

  @Test func noNumberIsNeverRight() throws {
    let metric = try Metric(named: "numeric")
    #expect(try metric.score(prediction: "none", references: ["none"]) == 0)
    #expect(try metric.score(prediction: "17.0", references: ["#### 17"]) == 1)
  }

  /// Answers that were judged wrongly before.
  @Test(arguments: [
    ("\\boxed{$9{,}500}", "9500", 1), ("The answer is $9{,}500.", "9500", 1),
    ("9\\,500", "9500", 1),
    ("the answer is 3/4", "1/4", 0), ("it is 2/3", "4/3", 0), ("0.5", "1/2", 1),
    ("17 cm2", "17", 1),
    ("an area of 17 m^2", "17", 1), ("1.5e3", "1500", 1), ("1e3", "1000", 1), ("１２", "12", 1),
    ("#### 1,234", "1234", 1), ("The answer is $29.00.", "29", 1), ("72, in total", "72", 1),
    ("6", "6e-06", 0),
  ])
  func answersAreJudgedByValue(prediction: String, reference: String, expected: Double) throws {
    #expect(try score(prediction, reference) == expected)
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
