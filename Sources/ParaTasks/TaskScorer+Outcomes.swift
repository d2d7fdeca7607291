import ParaJSON
import ParaSQL
import ParaScoring

/// What filters and metrics see of a row.
extension TaskScorer {
  /// A row's output behind each pipeline.
  func outputs(
    of row: TaskRow, _ answers: [TaskAnswer], record: JSONObject = [:]
  ) throws(ScoringError) -> [(name: String, output: Outcome.Output)] {
    guard answers.count == row.requests.count, let first = answers.first else {
      throw ScoringError(
        .unusableRow,
        "A row of \(row.requests.count) requests needs as many answers, not \(answers.count).")
    }
    switch (outputType, first) {
    case (.generate, .texts(let texts)):
      var outputs: [(name: String, output: Outcome.Output)] = []
      for pipeline in pipelines {
        let texts = try pipeline.chain.apply(to: texts, choices: record.textChoices)
        outputs.append((pipeline.name, .texts(texts)))
      }
      return outputs
    case (.multipleChoice, _):
      let scores = ChoiceScores(row.choices ?? [], answers)
      return pipelines.map { ($0.name, .choices(scores)) }
    case (.logLikelihood, .logLikelihood(let value, let isGreedy)):
      return pipelines.map { ($0.name, .logLikelihood(value, isGreedy: isGreedy)) }
    case (.rollingLogLikelihood, .logLikelihood(let value, _)):
      guard case .rolling(let text) = row.requests[0] else { break }
      return pipelines.map { ($0.name, .rolling(value, text: text)) }
    default: break
    }
    throw ScoringError(.outputMismatch, "The row has no answer of \(outputType.rawValue).")
  }

  func outcome(_ output: Outcome.Output, _ gold: TaskGold) -> Outcome {
    switch gold {
    case .unlabelled: Outcome(output)
    case .choices(let choices): Outcome(output, goldChoices: choices)
    case .texts(let texts): Outcome(output, references: texts)
    }
  }
}

extension Outcome {
  /// The text of the likeliest choice, the first of several, and those of the right ones.
  func chosenText() throws(ScoringError) -> Outcome {
    guard case .choices(let scores) = output, !scores.choices.isEmpty else { return self }
    let values = scores.logLikelihoods
    guard values.count == scores.choices.count, !values.contains(where: \.isNaN) else {
      throw ScoringError(
        .unusableRow,
        "The likeliest of \(scores.choices.count) choices needs a log-probability of each, not NaN."
      )
    }
    let likeliest = values.indices.reduce(0) { values[$1] > values[$0] ? $1 : $0 }
    return Outcome(
      .texts([scores.choices[likeliest]]), references: goldChoices.map { scores.choices[$0] })
  }
}

extension ChoiceScores {
  /// Behind the choices' answers those without the context, if there are.
  fileprivate init(_ choices: [String], _ answers: [TaskAnswer]) {
    var values: [Double] = []
    var isGreedy: [Bool] = []
    for case .logLikelihood(let value, let greedy) in answers {
      values.append(value)
      isGreedy.append(greedy)
    }
    let count = choices.count
    let hasUnconditional = values.count == 2 * count
    self.init(
      choices: choices, logLikelihoods: hasUnconditional ? Array(values.prefix(count)) : values,
      isGreedy: hasUnconditional ? Array(isGreedy.prefix(count)) : isGreedy,
      unconditional: hasUnconditional ? Array(values.suffix(count)) : nil)
  }
}

extension JSONObject {
  /// The tables in the field `table`, or in the list `tables`.
  func tables() throws(ScoringError) -> [SQLTable] {
    var values = self["table"].map { [$0] } ?? []
    if case .array(let elements)? = self["tables"] { values += elements }
    var tables: [SQLTable] = []
    for value in values {
      do { tables.append(try SQLTable(value)) } catch {
        throw ScoringError(.unusableRow, error.message)
      }
    }
    return tables
  }

  /// The field `choices`, if it is a list of texts.
  fileprivate var textChoices: [String]? {
    guard case .array(let elements)? = self["choices"] else { return nil }
    var texts: [String] = []
    for case .string(let text) in elements { texts.append(text) }
    return texts.count == elements.count ? texts : nil
  }
}
