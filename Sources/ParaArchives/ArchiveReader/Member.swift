/// What an archive says about one of its members.
package struct Member: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    case file
    case folder
    /// A link, device, socket or pipe: nothing to read.
    case other
  }

  /// The name as the archive holds it, with bytes that are not UTF-8 replaced; `nil` when the file
  /// is not an archive but one plain or compressed stream. A name only: it is never used as a path.
  package let name: String?
  package let kind: Kind
}
