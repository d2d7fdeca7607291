import ParaJinja

/// What a model is given: a text, or messages for the model's own chat template.
package enum TaskContext: Sendable, Equatable {
  case text(String)
  /// - Parameter continuesLast: Whether the answer goes on with the last message, which is the beginning of
  ///   the assistant's turn, in place of a new turn.
  case messages([TaskMessage], continuesLast: Bool)
}

package struct TaskMessage: Sendable, Equatable {
  package let role: String
  package let content: String

  package init(role: String, content: String) {
    self.role = role
    self.content = content
  }
}

/// How a run asks for prompts.
package struct TaskPromptOptions: Sendable {
  package enum Chat: Sendable {
    /// Each example is a turn of the user and one of the assistant: `fewshot_as_multiturn`.
    case multipleTurns
    /// Examples and question are one turn of the user.
    case singleTurn
  }

  /// What stands before the task's description.
  package var systemInstruction: String?
  /// Nil for plain texts.
  package var chat: Chat?

  package init(systemInstruction: String? = nil, chat: Chat? = nil) {
    self.systemInstruction = systemInstruction
    self.chat = chat
  }
}

/// A part of a prompt: a message, or its text with what follows it in a plain prompt.
struct PromptTurn: Sendable {
  enum Role: String {
    case system, user, assistant
  }

  let role: Role
  let content: String
  var delimiter = ""

  var text: String { content + delimiter }
  var message: TaskMessage { TaskMessage(role: role.rawValue, content: content) }
}

extension TaskDefinition {
  /// What a prompt begins with.
  func system(
    _ document: TaskDocument, _ options: TaskPromptOptions
  ) throws(TaskRowError) -> [PromptTurn] {
    let description = try description?.text(of: document, key: "description") ?? ""
    let text = (options.systemInstruction ?? "").joined(
      to: description, by: format.fewShotDelimiter)
    return text.isEmpty ? [] : [PromptTurn(role: .system, content: text)]
  }
}

extension TaskFormat {
  /// An example with its answer.
  func example(_ document: TaskDocument) throws(TaskRowError) -> [PromptTurn] {
    let choices = try choices(of: document)
    let target = try target(of: document)
    let question: String
    switch (try self.question(of: document), choices) {
    case (.text(let text), _): question = text
    case (.choice(let index), let choices?):
      question = choices[try Self.input(index, target, among: choices)]
    case (.choice(let index), nil): question = String(index)
    }
    return turns(
      question, answer: try Self.answer(target, among: choices),
      prefix: try genPrefix(of: document))
  }

  /// The text of an example's answer: the first of several. Nil where there is none to show.
  private static func answer(
    _ target: JinjaValue, among choices: [String]?
  ) throws(TaskRowError) -> String? {
    if let choices, target.choiceIndex != nil {
      return choices[try index(of: target, among: choices)]
    }
    switch target {
    case .none: return nil
    case .string(let text): return text.isEmpty ? nil : text
    case .list(let list):
      guard let first = list.elements.first else {
        throw TaskRowError(.targetInvalid, "An example has no answer to show: its list is empty.")
      }
      return try answer(first, among: choices) ?? ""
    default: return try target.pythonText()
    }
  }

  /// A question, with its answer or the beginning of one.
  ///
  /// - Parameter delimiter: In place of `target_delimiter`.
  func turns(
    _ question: String, answer: String?, prefix: String?, delimiter: String? = nil
  ) -> [PromptTurn] {
    let prefix = prefix ?? ""
    let isDelimited =
      prefix.isEmpty ? answer != nil : question.needsDelimiter(before: prefix)
    let user = PromptTurn(
      role: .user, content: question,
      delimiter: isDelimited ? delimiter ?? targetDelimiter : "")
    if let answer {
      let text = prefix.joined(to: answer, by: " ")
      return [user, PromptTurn(role: .assistant, content: text, delimiter: fewShotDelimiter)]
    }
    return prefix.isEmpty ? [user] : [user, PromptTurn(role: .assistant, content: prefix)]
  }
}

extension String {
  /// Both texts, with a delimiter between them unless there is white space or one is empty.
  fileprivate func joined(to other: String, by delimiter: String) -> String {
    if isEmpty || other.isEmpty { return self + other }
    return needsDelimiter(before: other) ? self + delimiter + other : self + other
  }

  /// Whether neither side of the joint is white space.
  func needsDelimiter(before other: String) -> Bool {
    guard !isEmpty else { return false }
    return !endsInPythonSpace && other.unicodeScalars.first?.isPythonSpace != true
  }

  var endsInPythonSpace: Bool { unicodeScalars.last?.isPythonSpace == true }
}

extension Unicode.Scalar {
  /// `str.isspace()`.
  fileprivate var isPythonSpace: Bool {
    switch value {
    case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F,
      0x205F, 0x3000:
      true
    default: false
    }
  }
}
