internal import ParaJSON

/// Why a tokenizer cannot be read: what is wrong, in which file, and where in it.
///
/// Only reading fails; encoding and decoding have a result for every input.
public struct TokenizerError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Code: String, Sendable {
    /// The file or folder does not exist or cannot be read.
    case unreadable
    /// The file is not of its format: truncated, out of range, of the wrong type.
    case malformed
    /// The file is valid but needs a feature that `para` does not support.
    case unsupported
  }

  public let code: Code
  /// One sentence: what was expected, what was found, and the remedy if there is one.
  public let message: String
  /// The path of the file.
  public let file: String
  /// Where in the file: a byte offset (`byte 12`), a line (`line 3`) or a key (`model.vocab`).
  public let location: String?

  init(_ code: Code, _ message: String, file: String, location: String? = nil) {
    self.code = code
    self.message = message
    self.file = file
    self.location = location
  }

  init(_ code: Code, _ message: String, file: String, offset: Int) {
    self.init(code, message, file: file, location: "byte \(offset)")
  }

  init(_ error: JSONNodeError) {
    let code: Code =
      switch error.code {
      case .malformed: .malformed
      case .unsupported: .unsupported
      }
    self.init(code, error.message, file: error.file, location: error.location)
  }

  /// The result of `read`, with errors of configuration files as `TokenizerError`s.
  static func wrapping<Result>(_ read: () throws -> Result) throws -> Result {
    do {
      return try read()
    } catch let error as JSONNodeError {
      throw TokenizerError(error)
    }
  }

  public var description: String {
    guard let location else { return "\(file): \(message)" }
    return "\(file), \(location): \(message)"
  }
}
