/// How a template is read and what an undefined value does.
package struct JinjaOptions: Sendable, Hashable {
  /// Any use of an undefined value but a test for it is an error, as with `StrictUndefined`.
  package var isStrict: Bool
  /// Drops the line break behind a tag or comment.
  package var trimBlocks: Bool
  /// Drops the white space before a tag or comment that begins its line.
  package var lstripBlocks: Bool
  package var keepsTrailingNewline: Bool
  package var allowsLoopControls: Bool
  package var allowsGenerationTag: Bool
  /// Whether `append`, `pop`, `update` and the like may change lists and dictionaries.
  package var allowsMutation: Bool
  /// Whether `tojson` is Python's `json.dumps`, or jinja2's own, safe inside HTML.
  package var writesPlainJSON: Bool
  package var limits = JinjaLimits()

  /// Tasks, as lm-evaluation-harness renders them: `Environment(undefined=StrictUndefined,
  /// keep_trailing_newline=True)`.
  package static let task = JinjaOptions(
    isStrict: true, trimBlocks: false, lstripBlocks: false, keepsTrailingNewline: true,
    allowsLoopControls: false, allowsGenerationTag: false, allowsMutation: true,
    writesPlainJSON: false)

  /// Chat templates, as transformers renders them: an immutable sandbox with `trim_blocks`, `lstrip_blocks`,
  /// loop controls and the `generation` tag.
  package static let chat = JinjaOptions(
    isStrict: false, trimBlocks: true, lstripBlocks: true, keepsTrailingNewline: false,
    allowsLoopControls: true, allowsGenerationTag: true, allowsMutation: false,
    writesPlainJSON: true)

  /// jinja2's own defaults.
  package static let plain = JinjaOptions(
    isStrict: false, trimBlocks: false, lstripBlocks: false, keepsTrailingNewline: false,
    allowsLoopControls: false, allowsGenerationTag: false, allowsMutation: true,
    writesPlainJSON: false)
}

/// A template of jinja2's language (version 3.1), parsed once and rendered many times.
///
/// It cannot read files, import or include, and reaches no attributes but those of Python's own texts, lists
/// and dictionaries, which are written out here.
package struct JinjaTemplate: @unchecked Sendable {  // a tree that is never written after parsing
  private let body: [Statement]
  package let options: JinjaOptions

  /// - Throws: `JinjaError` with line and column.
  package init(_ text: String, _ options: JinjaOptions) throws {
    self.options = options
    body = try TemplateParser.parse(text, options)
  }

  /// The text for some variables.
  ///
  /// - Parameter variables: Values by name; functions among them are called by the template.
  /// - Throws: `JinjaError`, with the place of the statement at fault.
  package func render(_ variables: [String: JinjaValue]) throws -> String {
    let renderer = Renderer(options)
    return try renderer.render(body, variables)
  }
}
