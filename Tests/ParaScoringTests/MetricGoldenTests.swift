import ParaJSON
import Testing

@testable import ParaScoring

@Suite struct MetricGoldenTests {
  /// The rows' items, as one value.
  private func value(of rows: [JSONValue], _ metric: Metric) throws -> Double? {
    let items = try rows.compactMap { row in
      try metric.item(of: Outcome(.texts([row[0].text]), references: row[1].texts))
    }
    return try metric.aggregate(items)?.value
  }

  @Test(arguments: ["bleu", "chrf", "chrf++", "ter"])
  func translationsScoreAsInSacrebleu(name: String) throws {
    let metric = try MetricDefinition.named(name, of: .texts).metric()
    let corpora = try MetricGoldens.read("translation").list
    #expect(corpora.count > 100)
    for corpus in corpora {
      let value = try value(of: corpus["rows"].list, metric)
      #expect(
        value == corpus["scores"][name].number, "\(corpus["rows"].list.first?.description ?? "")")
    }
    #expect(metric.higherIsBetter == (name != "ter"))
  }

  @Test(arguments: ["rouge1", "rouge2", "rougeL", "rougeLsum"].enumerated().map { $0 })
  func summariesScoreAsInRougeScore(index: Int, name: String) throws {
    let plain = try Metric(named: name)
    let stemmed = try Metric(named: name, options: ["use_stemmer": true])
    for golden in try MetricGoldens.read("rouge").list {
      let (prediction, references) = (golden["prediction"].text, golden["references"].texts)
      let score = try plain.score(prediction: prediction, references: references)
      #expect(score == golden["plain"][index].number, "\(prediction)")
      let score2 = try stemmed.score(prediction: prediction, references: references)
      #expect(score2 == golden["stemmed"][index].number, "\(prediction)")
    }
  }

  @Test func stemsAreNLTKs() throws {
    let golden = try MetricGoldens.read("stems").list
    #expect(golden.count > 1000)
    for pair in golden {
      let stem = PorterStemmer.stem(of: Array(pair[0].text.utf8))
      #expect(String(decoding: stem, as: UTF8.self) == pair[1].text, "\(pair[0].text)")
    }
  }

  @Test func exactMatchIgnoresWhatItsOptionsSay() throws {
    let golden = try MetricGoldens.read("exact_match")
    for each in golden["cases"].list {
      let metric = try Metric(named: "exact_match", options: each["options"].options)
      let equal = try golden["texts"].texts.filter { reference in
        try metric.score(prediction: each["prediction"].text, references: [reference]) == 1
      }
      // Compared by code points: Swift holds both forms of é for equal.
      #expect(equal.map { Array($0.utf8) } == each["equal"].texts.map { Array($0.utf8) })
    }
  }

  @Test func aggregationsAreTheHarnesss() throws {
    let golden = try MetricGoldens.read("aggregations")
    let numbers = golden["numbers"].list.map { MetricItem.number($0.number) }
    let weighted = golden["weighted"].list.map {
      MetricItem.weighted(sum: $0[0].number, weight: $0[1].number)
    }
    for name in ["mean", "median", "perplexity"] {
      let value = try Aggregation.named(name).summary(of: numbers).value
      #expect(value == golden["values"][name].number)
    }
    for name in ["weighted_perplexity", "bits_per_byte"] {
      let value = try Aggregation.named(name).summary(of: weighted).value
      #expect(value == golden["values"][name].number)
    }
    let error = try Aggregation.mean.summary(of: numbers).standardError
    #expect(isClose(error ?? 0, golden["mean_stderr"].number))
    #expect(try Aggregation.mean.summary(of: [.number(1)]).standardError == nil)
    #expect(try Aggregation.max.summary(of: [.number(1), .number(3), .number(2)]).value == 3)
  }

  @Test func classesAreScoredAsInScikitLearn() throws {
    for golden in try MetricGoldens.read("labels").list {
      let items = zip(golden["golds"].list, golden["predictions"].list).map {
        MetricItem.labels(gold: $0.description, predicted: $1.description)
      }
      let counts = ClassificationCounts(items)
      #expect(isClose(counts.matthewsCorrelation, golden["mcc"].number))
      for average in ["macro", "micro", "weighted"] {
        let f1 = try counts.f1(try #require(.init(rawValue: average)))
        #expect(isClose(f1, golden[average].number), "\(average) of \(golden)")
      }
      if golden["binary"] != .null {
        #expect(isClose(try counts.f1(.binary), golden["binary"].number))
      }
    }
  }

  @Test func brierScoreIsTheHarnesss() throws {
    let golden = try MetricGoldens.read("brier")
    let metric = try MetricDefinition.named("brier_score", of: .choices).metric()
    let items = try golden["rows"].list.compactMap { row in
      let scores = row[1].list.map(\.number)
      return try metric.item(
        of: Outcome(
          .choices(
            ChoiceScores(
              choices: ["a", "b", "c", "d"], logLikelihoods: scores,
              isGreedy: [false, false, false, false])), goldChoices: [Int(row[0].number)]))
    }
    #expect(isClose(try metric.aggregate(items)?.value ?? 0, golden["value"].number))
    #expect(!metric.higherIsBetter)
  }

  @Test func squadV2IsTheOfficialScripts() throws {
    let golden = try MetricGoldens.read("squad_v2")
    for result in golden["results"].list {
      let metric = try MetricDefinition.named("squad_v2", of: .texts).metric([
        "no_answer_threshold": result["threshold"]
      ])
      let items = try golden["rows"].list.compactMap { row in
        try metric.item(
          of: Outcome(
            .texts([row["prediction"].text]), references: row["references"].texts,
            noAnswerProbability: row["doubt"].number))
      }
      let summary = try #require(try metric.aggregate(items))
      for detail in summary.details {
        let scale = detail.name.hasSuffix("total") || detail.name.hasSuffix("thresh") ? 1.0 : 100
        #expect(
          isClose(scale * detail.value, result["values"][detail.name].number), "\(detail.name)")
      }
      guard case .object(let values) = result["values"] else { throw CancellationError() }
      #expect(Set(summary.details.map(\.name)) == Set(values.keys))
      #expect(isClose(100 * summary.value, result["values"]["f1"].number))
    }
  }
}
