/// What some program answered to one row, as a file of predictions holds it.
package struct Prediction: Sendable, Equatable {
  package enum Answer: Sendable, Equatable {
    /// One for each repeat, as the model gave them.
    case texts([String])
    /// Of each request of the row, for each choice or of the whole text.
    case logLikelihoods([LogLikelihood])
  }

  package struct LogLikelihood: Sendable, Equatable {
    package let value: Double
    /// Whether greedy search gives the text; nil for a whole text.
    package let isGreedy: Bool?

    package init(value: Double, isGreedy: Bool?) {
      self.value = value
      self.isGreedy = isGreedy
    }
  }

  /// What the row is called: `custom_id`, `doc_id`, `id`, or our own `row`; numbers with all digits.
  package let id: String
  package let answer: Answer
  /// How likely the program holds the question unanswerable; nil if it does not say.
  package let noAnswerProbability: Double?
  /// The pipeline of filters that a sample of lm-evaluation-harness belongs to; each is in the file once,
  /// with the same answers.
  package let filter: String?

  package init(
    id: String, _ answer: Answer, noAnswerProbability: Double? = nil, filter: String? = nil
  ) {
    self.id = id
    self.answer = answer
    self.noAnswerProbability = noAnswerProbability
    self.filter = filter
  }
}

/// Why a record of a file of predictions gives none.
package struct PredictionError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable {
    /// The record is of no known format, or not as its format has it.
    case format
    /// The program that made the file failed on the row.
    case failed
  }

  package let code: Code
  package let message: String

  package var description: String { message }

  init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }
}
