/// Invalid settings, or scores that a search cannot continue from.
///
/// Not called `DecodingError`, which is the standard library's name for something else.
public struct SearchError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable, Hashable {
    /// A setting is out of its range or contradicts another; ``SearchError/setting`` names it.
    case invalidSetting
    /// The running lanes have different counts of candidates, or none.
    case candidateCount
    /// A logit or log-probability is NaN or +∞.
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
