/// Why a row's messages cannot become a prompt.
struct ChatError: RowError, CustomStringConvertible {
  let failureCode: String
  let failureMessage: String

  var description: String { failureMessage }

  static func notMessages(_ field: String, kind: String) -> ChatError {
    ChatError(
      failureCode: "messages_unusable",
      failureMessage:
        "The field '\(field)' is \(kind); a list of messages with role and content is needed.")
  }

  static func notAMessage(_ field: String, index: Int) -> ChatError {
    ChatError(
      failureCode: "messages_unusable",
      failureMessage: "'\(field)[\(index)]' is no message: it needs a text role and a text content."
    )
  }

  static func unknownRole(_ role: String, _ format: ChatFormat) -> ChatError {
    ChatError(
      failureCode: "role_unknown",
      failureMessage: "The chat format \(format.rawValue) has no role '\(role)' here.")
  }

  static func rolesMustAlternate(_ format: ChatFormat) -> ChatError {
    ChatError(
      failureCode: "roles_not_alternating",
      failureMessage: """
        The chat format \(format.rawValue) needs the roles user and assistant by turns, user first.
        """)
  }
}
