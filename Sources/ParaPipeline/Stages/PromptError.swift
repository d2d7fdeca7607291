import ParaEngine

/// Why a row cannot become a prompt, or a prompt an answer.
struct PromptError: RowError, CustomStringConvertible {
  let failureCode: String
  let failureMessage: String

  var description: String { failureMessage }

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

  static func unknownTask(_ name: String) -> PromptError {
    PromptError(
      failureCode: "task_unknown",
      failureMessage: "The row asks for the task '\(name)', which is not declared.")
  }

  static func unknownAdapter(_ name: String) -> PromptError {
    PromptError(
      failureCode: "adapter_unknown",
      failureMessage:
        "The row asks for the adapter '\(name)', which the job does not declare under 'adapters'.")
  }

  static func unusableAdapter(_ error: any Error) -> PromptError {
    PromptError(
      failureCode: "adapter_unusable", failureMessage: "The adapter cannot be used: \(error)")
  }

  static let empty = PromptError(
    failureCode: "prompt_empty", failureMessage: "The prompt has no tokens; give the row some text."
  )

  static func emptyChoice(_ choice: String) -> PromptError {
    PromptError(
      failureCode: "choice_empty",
      failureMessage: "The choice '\(choice)' adds no token to the prompt; give it some text.")
  }

  static func tooLong(tokens: Int, newTokens: Int, context: Int) -> PromptError {
    PromptError(
      failureCode: "prompt_too_long",
      failureMessage: """
        The prompt has \(tokens) tokens, which with max_new_tokens \(newTokens) is more than the model's context of \
        \(context); shorten the prompt or the answer.
        """)
  }

  static func tooLarge(_ size: RequestSize, needed: Int, limit: Int) -> PromptError {
    PromptError(
      failureCode: "memory_exceeded",
      failureMessage: """
        A prompt of \(size.promptTokens) tokens with up to \(size.newTokens) new ones in \(size.lanes) lanes needs \
        \(ByteCount(needed).text), and there are \(ByteCount(limit).text) for rows; give the job more by --memory, or \
        lower max_new_tokens or num_beams, or shorten the prompt.
        """)
  }

  static func search(_ error: any Error) -> PromptError {
    PromptError(
      failureCode: "search_failed", failureMessage: "No answer could be searched for: \(error)")
  }
}
