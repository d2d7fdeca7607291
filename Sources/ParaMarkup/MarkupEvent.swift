/// One step through a document. Names come without their namespace's prefix.
package enum MarkupEvent: Sendable, Hashable {
  case start(name: String, attributes: [MarkupAttribute])
  /// Character data; one run may come in several pieces.
  case text(String)
  /// The end of the innermost element; comes for empty elements too.
  case end
}
