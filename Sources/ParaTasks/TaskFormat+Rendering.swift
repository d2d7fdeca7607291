import ParaJSON
package import ParaJinja

/// What a record becomes, by lm-evaluation-harness's conversions.
extension TaskFormat {
  package enum Question: Equatable {
    case text(String)
    /// The questions are the choices, and this one is right; the target follows each of them.
    case choice(Int)
  }

  /// `doc_to_text`: a field that holds a number, or digits that a template renders, are the number of the
  /// right choice where there are choices.
  package func question(of document: TaskDocument) throws(TaskRowError) -> Question {
    guard let text else { return .text("") }
    switch try text.value(of: document) {
    case .rendered(let text):
      if readsDigitsAsIndex, let index = text.choiceDigits { return .choice(index) }
      return .text(text)
    case .field(.string(let text)): return .text(text)
    case .field(let value):
      if readsDigitsAsIndex, let index = value.choiceIndex { return .choice(index) }
      throw text.unusable(value, for: "doc_to_text")
    }
  }

  /// `doc_to_choice`: a field with a list, a template that prints one as Python does, or the file's list.
  /// Nil without the key.
  package func choices(of document: TaskDocument) throws(TaskRowError) -> [String]? {
    guard let value = try choicesValue(of: document) else { return nil }
    let elements: [JinjaValue]
    switch value {
    case .list(let list): elements = list.elements
    case .tuple(let tuple): elements = tuple
    default: throw Self.noChoices("\(value.typeName), not a list of texts")
    }
    guard !elements.isEmpty else { throw Self.noChoices("an empty list") }
    return try elements.map { (element) throws(TaskRowError) in
      guard case .string(let text) = element else {
        throw Self.noChoices(
          "a list with \(element.typeName) in it; write texts, as in '{{ x|string }}'")
      }
      return text
    }
  }

  private func choicesValue(of document: TaskDocument) throws(TaskRowError) -> JinjaValue? {
    switch choices {
    case nil: return nil
    case .list(let elements):
      return .array(
        try elements.map { (element) throws(TaskRowError) in try element.value(of: document) })
    case .field(let field):
      switch try field.value(of: document) {
      case .field(let value): return value
      case .rendered(let text):
        do {
          return try PythonLiteral.value(of: text)
        } catch {
          throw Self.noChoices("'\(text.prefix(200))', which is no list as Python writes it")
        }
      }
    }
  }

  private static func noChoices(_ found: String) -> TaskRowError {
    TaskRowError(.choicesInvalid, "doc_to_choice gives \(found).")
  }

  /// `doc_to_target` in Python's kinds: the field's value as it is, digits as a whole number where there are
  /// choices, `[…]` as a list, else text. `none` without the key.
  package func target(of document: TaskDocument) throws(TaskRowError) -> JinjaValue {
    switch target {
    case nil: return .none
    case .constant(let value): return JinjaValue(value)
    case .list(let elements):
      return .array(
        try elements.map { (element) throws(TaskRowError) in try element.value(of: document) })
    case .field(let field):
      switch try field.value(of: document) {
      case .field(let value): return value
      case .rendered(let text): return converted(text)
      }
    }
  }

  private func converted(_ text: String) -> JinjaValue {
    if readsDigitsAsIndex, let index = text.choiceDigits { return .integer(index) }
    if text.utf8.count >= 2, text.utf8.first == UInt8(ascii: "["),
      text.utf8.last == UInt8(ascii: "]"),
      case .list(let list)? = try? PythonLiteral.value(of: text)
    {
      return .list(list)
    }
    return .string(text)
  }

  package func genPrefix(of document: TaskDocument) throws(TaskRowError) -> String? {
    try genPrefix?.text(of: document, key: "gen_prefix")
  }
}

/// Right answers.
package enum TaskGold: Sendable, Equatable {
  /// The row has no label yet: it is answered and not scored.
  case unlabelled
  /// The numbers of the right choices, each within them.
  case choices([Int])
  /// Right texts, any of which counts. Empty where the row's list of answers is: there is no answer to find.
  case texts([String])
}

extension TaskFormat {
  /// The numbers of the right choices.
  ///
  /// - Throws: ``TaskRowError`` for a target that is none of the choices, which the harness scores 0.
  func goldChoices(
    _ target: JinjaValue, among choices: [String]
  ) throws(TaskRowError) -> TaskGold {
    if case .none = target { return .unlabelled }
    guard case .list(let several) = target else {
      return .choices([try Self.index(of: target, among: choices)])
    }
    guard !several.elements.isEmpty else { return .unlabelled }
    return .choices(
      try several.elements.map { (target) throws(TaskRowError) in
        try Self.index(of: target, among: choices)
      })
  }

  /// The right texts of a task that generates: with choices, the text of the right one.
  func goldTexts(
    _ target: JinjaValue, among choices: [String]?
  ) throws(TaskRowError) -> TaskGold {
    if case .none = target { return .unlabelled }
    if let choices {
      guard case .choices(let indices) = try goldChoices(target, among: choices) else {
        return .unlabelled
      }
      return .texts(indices.map { choices[$0] })
    }
    if case .dictionary = target {
      throw TaskRowError(.targetInvalid, "The target is an object; name the field in it.")
    }
    guard case .list(let several) = target else { return .texts([try target.pythonText()]) }
    return .texts(
      try several.elements.map { (target) throws(TaskRowError) in try target.pythonText() })
  }

  /// The number of the choice that is the right question, where the target follows each of them.
  static func input(
    _ index: Int, _ target: JinjaValue, among choices: [String]
  ) throws(TaskRowError) -> Int {
    let text = try target.pythonText()
    guard target.choiceIndex == nil, !choices.contains(text) else {
      throw TaskRowError(
        .fieldUnusable,
        """
        doc_to_text gives the number \(index), which would make questions of the choices, and the target \
        is one of them. If the number is the question, write something beside it.
        """)
    }
    return try Self.index(of: .integer(index), among: choices)
  }

  static func index(
    of target: JinjaValue, among choices: [String]
  ) throws(TaskRowError) -> Int {
    if let index = target.choiceIndex {
      guard choices.indices.contains(index) else {
        throw TaskRowError(
          .targetInvalid,
          "The target \(index) is no number of a choice: they go from 0 to \(choices.count - 1).")
      }
      return index
    }
    let text = try target.pythonText()
    guard case .string = target,
      let index = choices.firstIndex(where: { $0.utf8.elementsEqual(text.utf8) })
    else {
      let known = choices.prefix(10).map { "'\($0)'" }.joined(separator: ", ")
      throw TaskRowError(.targetInvalid, "The target '\(text)' is none of the choices \(known).")
    }
    return index
  }
}

extension FieldTemplate {
  func unusable(_ value: JinjaValue, for key: String) -> TaskRowError {
    TaskRowError(
      .fieldUnusable,
      """
      The field '\(source)' is \(value.typeName) and \(key) needs a text; '{{ \(source) }}' writes it \
      as one.
      """)
  }
}
