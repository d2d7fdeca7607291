/// An error that fails one row and not the run.
///
/// Thrown in a mapping stage, or passed to ``StageOutput/fail(_:_:)``, it becomes a ``RowFailure``
/// of the current row. Any other error stops the run.
public protocol RowError: Error {
  /// A short name for programs, such as `prompt_empty`.
  var failureCode: String { get }
  /// One sentence that says what, where, expected and found, and the remedy.
  var failureMessage: String { get }
}

/// Why a row has no result. It passes through the remaining stages in the row's place.
public struct RowFailure: Sendable, Equatable {
  public let origin: RowOrigin
  /// The name of the stage in which the row failed.
  public let stage: String
  public let code: String
  public let message: String

  public init(origin: RowOrigin, stage: String, code: String, message: String) {
    self.origin = origin
    self.stage = stage
    self.code = code
    self.message = message
  }
}

extension RowFailure: Encodable {
  private enum Key: String, CodingKey {
    case stage, code, message
  }

  /// A line of `errors.jsonl`: one flat object; `id` and `member` only where there is one.
  public func encode(to encoder: any Encoder) throws {
    try origin.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(stage, forKey: .stage)
    try container.encode(code, forKey: .code)
    try container.encode(message, forKey: .message)
  }
}
