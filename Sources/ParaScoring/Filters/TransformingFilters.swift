internal import ParaJSON
internal import ParaRegex

/// Filters that change each answer on its own.
extension AnswerFilter {
  /// Trims both ends.
  static let removeWhitespace = each("remove_whitespace") { PythonText($0).stripped().string }

  static let lowercase = each("lowercase") { PythonText($0).lowercased().string }

  static let uppercase = each("uppercase") { PythonText($0).uppercased().string }

  private static func each(
    _ name: String, _ transform: @escaping @Sendable (String) -> String
  ) -> AnswerFilter {
    AnswerFilter(name) { _ in { input in input.answers.map(transform) } }
  }

  static let map = AnswerFilter(
    "map",
    options: [
      OptionDefinition("mapping_dict", "what answers become"),
      OptionDefinition("default_value", "what all other answers become"),
    ]
  ) { options throws(ScoringError) in
    guard case .object(let mapping)? = options["mapping_dict"] else {
      throw options.unusable("mapping_dict", "is a mapping from answers to values")
    }
    var values: [[UInt8]: String] = [:]
    for member in mapping.members {
      values[Array(member.key.utf8)] = try text(of: member.value, "mapping_dict", options)
    }
    guard let standard = options["default_value"] else {
      throw options.unusable("default_value", "is needed for answers that mapping_dict lacks")
    }
    let other = try text(of: standard, "default_value", options)
    return { [values] input in input.answers.map { values[Array($0.utf8)] ?? other } }
  }

  /// A value as Python prints it.
  private static func text(
    of value: JSONValue, _ name: String, _ options: Options
  ) throws(ScoringError) -> String {
    switch value {
    case .string(let text): text
    case .bool(let value): value ? "True" : "False"
    case .integer, .bigInteger: value.description
    case .double, .null, .array, .object:
      throw options.unusable(name, "has texts, whole numbers or Booleans, not \(value.typeName)")
    }
  }

  /// Named entities as `label: entity $ label: entity`, with the labels' usual short forms.
  static let formatSpan = AnswerFilter("format_span") { options throws(ScoringError) in
    let format = try SpanFormat(options)
    return { input throws(ScoringError) in
      var answers: [String] = []
      for answer in input.answers { answers.append(try format.apply(to: answer)) }
      return answers
    }
  }
}

private struct SpanFormat {
  /// In the harness's order.
  private static let labels: KeyValuePairs = [
    "person": "PER", "location": "LOC", "organization": "ORG", "counties": "LOC", "places": "LOC",
    "people": "PER", "persons": "PER", "company": "ORG", "country": "LOC", "continent": "LOC",
    "time": "DATE", "date": "DATE", "per": "PER", "loc": "LOC", "org": "ORG",
  ]

  private let labels: [(regex: PythonRegex, replacement: String)]
  private let entities: PythonRegex

  init(_ options: Options) throws(ScoringError) {
    var labels: [(PythonRegex, String)] = []
    for (label, short) in Self.labels {
      labels.append((try options.regex("\\b\(label)\\s*:", of: "labels"), short + ":"))
    }
    self.labels = labels
    entities = try options.regex("\\b(PER|LOC|ORG|DATE):\\s*([^$]+)", of: "labels")
  }

  func apply(to answer: String) throws(ScoringError) -> String {
    var text = PythonText(answer).lowercased()
    do {
      for (regex, replacement) in labels {
        text = PythonText(try regex.replacing(in: text.string, with: replacement))
      }
      text = text.replacing(PythonText("$$"), with: ["$"])
      text.removeLast(text.reversed().prefix { $0 == "$" }.count)
      text = Array(text.replacing(["\n"], with: ["$"]).stripped())
      return try entities.findAll(in: text.string).flatMap { Self.entities($0[0], $0[1]) }
        .joined(separator: " $ ")
    } catch {
      throw ScoringError(.unusableRow, "format_span: \(error)")
    }
  }

  private static func entities(_ label: String, _ list: String) -> [String] {
    PythonText(list).split(separator: ",", omittingEmptySubsequences: false)
      .map { Array($0).stripped().string }.filter { $0.lowercased() != "none" }
      .map { "\(label.lowercased()): \($0)" }
  }
}
