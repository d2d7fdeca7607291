/// An attribute of a start tag, its references expanded.
package struct MarkupAttribute: Sendable, Hashable {
  package var name: String
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }
}
