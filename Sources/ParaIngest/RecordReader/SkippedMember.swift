/// An archive member that was passed over, and why. Folders are not listed.
public struct SkippedMember: Sendable, Hashable {
  public enum Reason: String, Sendable, Hashable, Codable {
    /// Its name does not match the pattern for members.
    case notMatched
    /// It is what macOS adds to archives: `__MACOSX` and `._*`.
    case macOSMetadata
    /// It is a link, device, socket or pipe.
    case notAFile
    /// Its content looks like no format that is read, or not like the one asked for.
    case unknownFormat
    case empty
  }

  /// The name as the archive holds it; see ``Provenance/member``.
  public var name: String
  public var reason: Reason

  public init(name: String, reason: Reason) {
    self.name = name
    self.reason = reason
  }
}
