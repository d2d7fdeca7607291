/// Why a run ended without having brought every row to the sink.
public struct FlowError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// ``FlowHandle/cancel()`` was called.
    case cancelled
    /// The handle has served another run.
    case handleUsed
    /// A stage returned although its input had not ended.
    case endedEarly
    /// A stage sent on more or fewer rows than it took.
    case rowsLost
  }

  public let code: Code
  public let message: String

  public var description: String { message }
}

extension FlowError {
  static let cancelled = FlowError(code: .cancelled, message: "The run was cancelled.")

  static let handleUsed = FlowError(
    code: .handleUsed, message: "A FlowHandle serves one run; make a new one for the next.")

  static func endedEarly(stage: String) -> FlowError {
    FlowError(
      code: .endedEarly,
      message: """
        Stage '\(stage)' returned before its input ended; take every row until there is none.
        """)
  }

  static func rowsLost(stage: String, taken: Int, sent: Int) -> FlowError {
    FlowError(
      code: .rowsLost,
      message: """
        Stage '\(stage)' took \(taken) rows and sent on \(sent); every row must be sent on, \
        or failed, exactly once.
        """)
  }
}
