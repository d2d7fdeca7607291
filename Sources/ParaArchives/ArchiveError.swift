/// Why an archive, or one member of it, cannot be read.
package struct ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable, Hashable {
    /// The file does not exist, is a folder, or may not be read.
    case unreadable
    /// The bytes are truncated, altered, or compressed by a method that is not supported.
    case damaged
    /// The member is encrypted.
    case encrypted
    /// The member decompresses to more than the limits allow.
    case tooLarge
  }

  package let code: Code
  /// One sentence without the file's name: what is wrong, and the remedy.
  package let message: String
  /// Whether nothing more of the archive can be read; false if only the current member is lost.
  package private(set) var endsContainer: Bool

  package var description: String { message }

  static func unreadable(_ reason: String) -> Self {
    Self(code: .unreadable, message: "the file cannot be opened: \(reason)", endsContainer: true)
  }

  static func damaged(_ detail: String, endsContainer: Bool = true) -> Self {
    Self(
      code: .damaged,
      message: "the data is damaged or cut off (\(detail)); fetch or pack it again",
      endsContainer: endsContainer)
  }

  /// The same error, where only the current member is lost.
  var ofMember: Self {
    var error = self
    error.endsContainer = false
    return error
  }

  static let encrypted = Self(
    code: .encrypted,
    message: "the archive member is encrypted; decrypt it or pack it without a password",
    endsContainer: false)

  static func tooLarge(_ detail: String) -> Self {
    Self(
      code: .tooLarge,
      message: "the data unpacks to \(detail); unpack and check it by hand, or raise the limit",
      endsContainer: true)
  }
}
