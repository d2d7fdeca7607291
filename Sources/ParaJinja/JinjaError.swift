/// Why a template cannot be parsed or rendered.
package struct JinjaError: Error, Sendable, Hashable, CustomStringConvertible {
  package enum Code: String, Sendable, Hashable {
    /// The text is no template: unknown tags, filters and tests among the reasons.
    case syntax
    /// A tag that jinja2 knows and that is not honoured here, such as `include`.
    case unsupported
    /// A name, field, index or attribute that is not there was used.
    case undefined
    /// An operation on values that do not take it.
    case type
    /// The template called `raise_exception`; the message is the template's own.
    case raised
    /// The template did more, nested deeper or wrote more than the limits allow.
    case limit
  }

  package let code: Code
  package let message: String
  /// Where in the template; nil until the statement at fault is known.
  package var position: SourcePosition?

  package init(_ code: Code, _ message: String, at position: SourcePosition? = nil) {
    self.code = code
    self.message = message
    self.position = position
  }

  package var description: String {
    guard let position else { return message }
    return "line \(position.line), column \(position.column): \(message)"
  }

  /// The same error with a place, unless it has one: the innermost place is the right one.
  func located(at position: SourcePosition) -> JinjaError {
    var error = self
    if error.position == nil { error.position = position }
    return error
  }
}

/// A place in a template's text, both counted from 1; columns count Unicode scalars.
package struct SourcePosition: Sendable, Hashable {
  package var line: Int
  package var column: Int
}

/// What a rendering may use, so that a hostile template ends soon.
package struct JinjaLimits: Sendable, Hashable {
  /// Nodes evaluated and elements produced.
  package var steps = 2_000_000
  /// UTF-8 bytes written or held in one text, list elements counted as 16.
  package var bytes = 32 << 20
  /// Macro calls and recursive loops inside one another.
  package var depth = 64

  package init() {}
}
