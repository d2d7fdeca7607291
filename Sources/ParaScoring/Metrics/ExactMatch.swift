extension MetricDefinition {
  /// Whether the texts are equal, but for what the options ignore (lm-evaluation-harness's
  /// `exact_match`).
  static let exactMatch = MetricDefinition(
    "exact_match",
    options: [
      MetricOption(name: "ignore_case", meaning: "compare in lower case"),
      MetricOption(name: "ignore_punctuation", meaning: "drop ASCII punctuation"),
      MetricOption(name: "ignore_numbers", meaning: "drop the digits 0 to 9"),
    ]
  ) { name, options in
    let ignoresCase = options["ignore_case"] ?? false
    let ignoresPunctuation = options["ignore_punctuation"] ?? false
    let ignoresNumbers = options["ignore_numbers"] ?? false
    return .equality(name) { text in
      let scalars = PythonText(text)
      return (ignoresCase ? scalars.lowercased() : scalars).filter { scalar in
        !(ignoresPunctuation && scalar.isPythonPunctuation)
          && !(ignoresNumbers && ("0"..."9").contains(scalar))
      }
    }
  }

  /// Whether the labels are equal, ignoring case and surrounding white space.
  static func accuracy(_ name: String) -> MetricDefinition {
    MetricDefinition(name) { name, _ in
      .equality(name) { Array(PythonText($0).lowercased().stripped()) }
    }
  }
}
