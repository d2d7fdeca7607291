/// Filters that choose among a row's answers.
extension AnswerFilter {
  static let takeFirst = AnswerFilter("take_first") { _ in
    { input throws(ScoringError) in
      guard let first = input.answers.first else {
        throw ScoringError(.unusableRow, "take_first has no answer to take.")
      }
      return [first]
    }
  }

  static let takeFirstK = AnswerFilter(
    "take_first_k", options: [OptionDefinition("k", "how many answers are kept")]
  ) { options throws(ScoringError) in
    guard let count = try options.integer("k"), count > 0 else {
      throw options.unusable("k", "is a number of answers, at least 1")
    }
    return { input throws(ScoringError) in
      guard input.answers.count >= count else {
        throw ScoringError(
          .unusableRow,
          """
          take_first_k takes \(count) answers and the row has \(input.answers.count); set the task's \
          'repeats' to at least \(count).
          """)
      }
      return Array(input.answers.prefix(count))
    }
  }

  /// The most frequent answer; the first one of several.
  static let majorityVote = AnswerFilter("majority_vote") { _ in
    { input throws(ScoringError) in
      var counts: [[UInt8]: Int] = [:]
      for answer in input.answers { counts[Array(answer.utf8), default: 0] += 1 }
      let most = counts.values.max()
      guard let winner = input.answers.first(where: { counts[Array($0.utf8)] == most }) else {
        throw ScoringError(.unusableRow, "majority_vote has no answer to choose from.")
      }
      return [winner]
    }
  }
}
