/// What a metric finds in one row: the score itself, or what an ``Aggregation`` computes one from.
public enum MetricItem: Sendable, Hashable {
  /// A row's own score.
  case number(Double)
  /// Summed on its own and divided by the sum of the weights.
  case weighted(sum: Double, weight: Double)
  case labels(gold: String, predicted: String)
  /// The right class and the probabilities of all.
  case probabilities(gold: Int, [Double])
  /// Counts that are summed over the rows, such as BLEU's.
  case counts([Double])
  case answer(SquadV2Answer)

  /// What an item is about; an aggregation takes items of one kind.
  enum Kind: String {
    case number = "numbers"
    case weighted = "weighted sums"
    case labels = "labels"
    case probabilities
    case bleu = "counts of BLEU"
    case chrf = "counts of chrF"
    case chrfWithWords = "counts of chrF++"
    case ter = "edits"
    case answers = "answers of SQuAD 2.0"
  }

  /// A row's own score; nil if there is none but the rows' together.
  public var number: Double? {
    switch self {
    case .number(let value): value
    case .answer(let answer): answer.f1
    default: nil
    }
  }
}
