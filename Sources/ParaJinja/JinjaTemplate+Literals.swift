extension JinjaTemplate {
  /// The texts that stand in a template itself: between its tags, and as strings inside them.
  ///
  /// - Throws: `JinjaError` with line and column.
  package static func literals(of template: String, _ options: JinjaOptions) throws -> [String] {
    try Lexer.tokens(of: template, options).compactMap { token in
      switch token.kind {
      case .text(let text), .string(let text): text
      default: nil
      }
    }
  }
}
