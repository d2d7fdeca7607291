import Testing

@testable import ParaScoring

@Suite struct SquadV2Tests {
  private func answer(_ prediction: String, _ references: [String]) throws -> SquadV2Answer? {
    let metric = try MetricDefinition.named("squad_v2", of: .texts).metric()
    let item = try metric.item(of: Outcome(.texts([prediction]), references: references))
    guard case .answer(let answer)? = item else { return nil }
    return answer
  }

  @Test(
    arguments: [
      ("", [], true, 1.0), ("something", [], false, 0), ("Paris", ["Paris"], true, 1),
      ("the", [], true, 1), ("", ["Paris"], false, 0),
      ("Paris in May", ["Paris", "May"], false, 0.5),
    ] as [(String, [String], Bool, Double)])
  func questionsWithoutAnswerAreScored(
    prediction: String, references: [String], isExact: Bool, f1: Double
  ) throws {
    let answer = try #require(try answer(prediction, references))
    #expect(answer.isExact == isExact)
    #expect(answer.f1 == f1)
    #expect(answer.hasAnswer == !references.isEmpty)
  }

  @Test func thresholdsAreSoughtOnlyWhereDoubtIsKnown() throws {
    let metric = try MetricDefinition.named("squad_v2", of: .texts).metric()
    let item = try #require(try metric.item(of: Outcome(.texts(["a"]), references: ["b"])))
    let names = try metric.aggregate([item])?.details.map(\.name)
    #expect(names == ["exact", "f1", "total", "HasAns_exact", "HasAns_f1", "HasAns_total"])
    #expect(item.number == 0)
  }
}
