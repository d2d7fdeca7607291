import ParaFlow

/// Why a record cannot be rendered as its task's prompt, references or choices.
package struct PromptError: RowError, CustomStringConvertible {
  package let failureCode: String
  package let failureMessage: String

  package var description: String { failureMessage }

  static func missingField(_ field: String, known: [String]) -> PromptError {
    PromptError(
      failureCode: "field_missing",
      failureMessage:
        "The row has no field '\(field)'; it has \(known.sorted().joined(separator: ", ")).")
  }

  static func unusableField(_ field: String, kind: String) -> PromptError {
    PromptError(
      failureCode: "field_unusable",
      failureMessage:
        "The field '\(field)' is \(kind); text, a number, true or false, or a list of these is needed."
    )
  }

  static func template(_ error: any Error) -> PromptError {
    PromptError(
      failureCode: "template_failed", failureMessage: "The template failed on this row: \(error).")
  }
}

/// Conversations.
extension PromptError {
  static func notMessages(_ field: String, kind: String) -> PromptError {
    PromptError(
      failureCode: "messages_unusable",
      failureMessage:
        "The field '\(field)' is \(kind); a list of messages with role and content is needed.")
  }

  static func notAMessage(_ field: String, index: Int) -> PromptError {
    PromptError(
      failureCode: "messages_unusable",
      failureMessage: "'\(field)[\(index)]' is not a message: it needs a text role.")
  }

  static func noTextContent(index: Int) -> PromptError {
    PromptError(
      failureCode: "messages_unusable",
      failureMessage: "The message \(index) has no text content, which this chat format needs.")
  }

  /// - Parameter message: The words of the template's `raise_exception`.
  static func refusedChat(_ message: String) -> PromptError {
    PromptError(
      failureCode: "chat_refused", failureMessage: "The chat template refuses the row: \(message)")
  }

  /// - Parameter reason: A sentence without its full stop.
  static func chat(_ reason: String) -> PromptError {
    PromptError(
      failureCode: "chat_failed", failureMessage: "The chat cannot be rendered: \(reason).")
  }
}
