public import ParaSQL

/// What an answered row gives to its metrics.
public struct Outcome: Sendable {
  /// What a model was asked for, which decides what can be measured.
  public enum Output: Sendable {
    /// Generated answers after the task's filters: one, or as many as filters leave of repeated ones.
    case texts([String])
    /// The log-probabilities of the texts to choose from.
    case choices(ChoiceScores)
    /// Of the right answer behind its context, and whether greedy search would give it.
    case logLikelihood(Double, isGreedy: Bool)
    /// Of a whole text.
    case rolling(Double, text: String)
  }

  /// The kinds of output, by lm-evaluation-harness's names.
  public enum Kind: String, CaseIterable, Sendable, Hashable {
    case texts = "generate_until"
    case choices = "multiple_choice"
    case logLikelihood = "loglikelihood"
    case rolling = "loglikelihood_rolling"
  }

  public var output: Output
  /// Right texts, any of which counts. Empty: there is no answer to find (SQuAD 2.0's unanswerable
  /// questions), which only `squad_v2` scores. Nil: the row is not labelled.
  public var references: [String]?
  /// The indices of the right choices, any of which counts; empty: the row is not labelled.
  public var goldChoices: [Int]
  /// How likely the model holds the question unanswerable, for `squad_v2`; nil if it is not known.
  public var noAnswerProbability: Double?
  /// The tables that the row's queries are about, for `sql_execution`.
  public var tables: [SQLTable]

  public init(
    _ output: Output, references: [String]? = nil, goldChoices: [Int] = [],
    noAnswerProbability: Double? = nil, tables: [SQLTable] = []
  ) {
    self.output = output
    self.references = references
    self.goldChoices = goldChoices
    self.noAnswerProbability = noAnswerProbability
    self.tables = tables
  }
}

/// What a model thinks of each choice, in the choices' order.
public struct ChoiceScores: Sendable, Hashable {
  /// Without the delimiter that stands before them in the prompt.
  public var choices: [String]
  /// Sums of natural log-probabilities.
  public var logLikelihoods: [Double]
  /// Whether greedy search would give the choice.
  public var isGreedy: [Bool]
  /// Without the context, for `acc_mutual_info`.
  public var unconditional: [Double]?

  public init(
    choices: [String], logLikelihoods: [Double], isGreedy: [Bool], unconditional: [Double]? = nil
  ) {
    self.choices = choices
    self.logLikelihoods = logLikelihoods
    self.isGreedy = isGreedy
    self.unconditional = unconditional
  }
}
