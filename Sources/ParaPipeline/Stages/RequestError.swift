import ParaEngine
import ParaFlow
import ParaModel
import ParaReports

/// Why a rendered prompt cannot be answered.
struct RequestError: RowError, CustomStringConvertible {
  let failureCode: String
  let failureMessage: String

  var description: String { failureMessage }

  static func unknownTask(_ name: String) -> RequestError {
    RequestError(
      failureCode: "task_unknown",
      failureMessage: "The row asks for the task '\(name)', which is not declared.")
  }

  static func missingAdapter(field: String) -> RequestError {
    RequestError(
      failureCode: "adapter_missing",
      failureMessage: """
        The row has no '\(field)', which names its adapter; give it one, or 'none' for the bare model, or give the \
        input an adapter_default.
        """)
  }

  /// - Parameter what: "adapter" or "id".
  static func unusableName(_ what: String, in field: String, kind: String) -> RequestError {
    RequestError(
      failureCode: "\(what)_unusable",
      failureMessage:
        "The field '\(field)' is \(kind); text or a number is needed as the row's \(what).")
  }

  static func unknownAdapter(_ name: String) -> RequestError {
    RequestError(
      failureCode: "adapter_unknown",
      failureMessage:
        "The row asks for the adapter '\(name)', which the job does not declare under 'adapters'.")
  }

  static func unusableAdapter(_ error: any Error) -> RequestError {
    RequestError(
      failureCode: "adapter_unusable", failureMessage: "The adapter cannot be used: \(error)")
  }

  static let unsupportedRequest = RequestError(
    failureCode: "request_unsupported",
    failureMessage: """
      The row asks for probabilities after several prompts (choices that are questions, acc_mutual_info, rolling \
      log-likelihoods), which is not supported.
      """)

  static func unknownToken(_ piece: String, _ token: Int32, vocabulary: Int) -> RequestError {
    RequestError(
      failureCode: "token_unknown",
      failureMessage: """
        The prompt has the token '\(piece)', whose id \(token) is beyond the model's vocabulary of \(vocabulary); leave \
        it out of the row.
        """)
  }

  static let emptyPrompt = RequestError(
    failureCode: "prompt_empty", failureMessage: "The prompt has no tokens; give the row some text."
  )

  static func emptyChoice(_ choice: String) -> RequestError {
    RequestError(
      failureCode: "choice_empty",
      failureMessage: "The choice '\(choice)' adds no token to the prompt; give it some text.")
  }

  static func tooLong(tokens: Int, newTokens: Int, _ model: Decoder) -> RequestError {
    let context =
      model.hasOriginalContext
      ? "original context of \(model.contextLength), beyond which LongRoPE is not supported"
      : "context of \(model.contextLength)"
    return RequestError(
      failureCode: "prompt_too_long",
      failureMessage: """
        The prompt has \(tokens) tokens, and with max_new_tokens \(newTokens) exceeds the model's \
        \(context); shorten the prompt or the answer.
        """)
  }

  static func tooLarge(_ size: RequestSize, needed: Int, limit: Int) -> RequestError {
    RequestError(
      failureCode: "memory_exceeded",
      failureMessage: """
        A prompt of \(size.promptTokens) tokens with up to \(size.newTokens) new ones in \(size.lanes) lanes needs \
        \(ByteCount(needed).text), and there are \(ByteCount(limit).text) for rows; give the job more by --memory, or \
        lower max_new_tokens or num_beams, or shorten the prompt.
        """)
  }

  static func scoring(_ error: any Error) -> RequestError {
    RequestError(
      failureCode: "scoring_failed", failureMessage: "The answer cannot be scored: \(error)")
  }

  static func search(_ error: any Error) -> RequestError {
    RequestError(
      failureCode: "search_failed", failureMessage: "The search failed: \(error)")
  }
}
