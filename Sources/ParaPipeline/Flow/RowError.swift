/// An error that condemns one row and not the run.
///
/// Thrown in a mapping stage, or given to ``Outbox/fail(_:_:)``, it becomes a ``RowFailure`` of the
/// row at hand. Any other error stops the run.
public protocol RowError: Error {
  /// A short name for programs, such as "emptyPrompt".
  var failureCode: String { get }
  /// One sentence that says what, where, expected and found, and the remedy.
  var failureMessage: String { get }
}
