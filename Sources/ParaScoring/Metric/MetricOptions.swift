/// What `exact_match` overlooks, as lm-evaluation-harness names it.
public struct MetricOptions: Sendable, Hashable {
  /// `ignore_case`: compare in lower case.
  public var ignoreCase: Bool
  /// `ignore_punctuation`: drop ASCII punctuation.
  public var ignorePunctuation: Bool
  /// `ignore_numbers`: drop the digits 0 to 9.
  public var ignoreNumbers: Bool

  public init(
    ignoreCase: Bool = false, ignorePunctuation: Bool = false, ignoreNumbers: Bool = false
  ) {
    self.ignoreCase = ignoreCase
    self.ignorePunctuation = ignorePunctuation
    self.ignoreNumbers = ignoreNumbers
  }

  /// What remains of a text to be compared.
  func compared(_ text: String) -> PythonText {
    let scalars = PythonText(text)
    let cased = ignoreCase ? scalars.lowercased() : scalars
    return cased.filter { scalar in
      !(ignorePunctuation && scalar.isPythonPunctuation)
        && !(ignoreNumbers && ("0"..."9").contains(scalar))
    }
  }
}
