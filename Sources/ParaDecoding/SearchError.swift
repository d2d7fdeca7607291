/// A search that was asked for something impossible, or fed with something meaningless.
///
/// It is not called `DecodingError` because that name is the standard library's.
public struct SearchError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// A setting has a value that means nothing; ``SearchError/setting`` names it.
    case invalidSetting
    /// The candidates are not the same number for each running lane.
    case candidateCount
    /// A candidate's log-probability is not a number, or is +∞.
    case invalidScore
    /// Every next token is impossible and no sequence has ended.
    case noContinuation
    /// `advance` was called on a search that has finished.
    case alreadyFinished
  }

  public let code: Code
  /// One sentence: what is wrong and what to do.
  public let message: String
  /// The setting as `transformers` spells it, for `invalidSetting`.
  public let setting: String?

  package init(_ code: Code, _ message: String, setting: String? = nil) {
    self.code = code
    self.message = message
    self.setting = setting
  }

  public var description: String { message }
}
