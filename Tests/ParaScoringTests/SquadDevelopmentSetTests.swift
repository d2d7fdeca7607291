import Foundation
import ParaScoring
import ParaTestSupport
import Testing

/// The whole SQuAD v1.1 development set, with the predictions of two systems. The figures are those
/// that the official evaluate-v1.1.py prints.
@Suite(.enabled(if: SharedData.isPresent, "needs ../shared/data/squad-v1.1"))
struct SquadDevelopmentSetTests {
  private struct DataSet: Decodable {
    var data: [Article]
    struct Article: Decodable { var paragraphs: [Paragraph] }
    struct Paragraph: Decodable { var qas: [Question] }
    struct Question: Decodable {
      var id: String
      var answers: [Answer]
    }
    struct Answer: Decodable { var text: String }
  }

  private func read<Value: Decodable>(_ name: String) throws -> Value {
    let data = try Data(contentsOf: SharedData.url("squad-v1.1/\(name)"))
    return try JSONDecoder().decode(Value.self, from: data)
  }

  @Test(arguments: [
    ("bert-ensemble", 86.20624408703878, 92.1955797835112),
    ("logistic-regression", 40.14191106906339, 50.981536473244724),
  ])
  func scoresEqualTheOfficialScript(system: String, exactMatch: Double, f1: Double) throws {
    let predictions: [String: String] = try read("predictions-\(system).json")
    let parts: [DataSet] = try [read("dev-v1.1.part1of2.json"), read("dev-v1.1.part2of2.json")]
    let questions = parts.flatMap(\.data).flatMap(\.paragraphs).flatMap(\.qas)
    #expect(questions.count == 10_570)
    let ems = try score(questions, predictions, Metric(named: "em"))
    let f1s = try score(questions, predictions, Metric(named: "f1"))
    // The script adds in the file's order and then scales.
    #expect(100 * ems.reduce(0, +) / 10_570 == exactMatch)
    #expect(100 * f1s.reduce(0, +) / 10_570 == f1)
    // The exact sum differs from that by the script's accumulated rounding: here 2 to 3 · 10⁻¹³.
    let mean = try #require(ScoreDistribution(f1s).mean)
    #expect(abs(100 * mean - f1) < 1e-12)
    let both = try score(questions, predictions, Metric(named: "f1_em"))
    #expect(abs(100 * both.reduce(0, +) / 10_570 - (exactMatch + f1) / 2) < 1e-11)
  }

  /// One score a question; a question without prediction scores 0, as in the script.
  private func score(
    _ questions: [DataSet.Question], _ predictions: [String: String], _ metric: Metric
  ) throws -> [Double] {
    try questions.map { question in
      guard let prediction = predictions[question.id] else { return 0 }
      return try metric.score(prediction: prediction, references: question.answers.map(\.text))
    }
  }
}
