import BigInt

/// A piece of a template: text as it stands, or a word of a tag's language.
struct Token {
  enum Kind: Equatable {
    /// Text between tags, white-space control applied.
    case text(String)
    case printBegin
    case printEnd
    case tagBegin
    case tagEnd
    case name(String)
    case string(String)
    case integer(BigInt)
    case float(Double)
    case symbol(String)
    case end
  }

  let kind: Kind
  let position: SourcePosition

  /// As an error says what was found.
  var description: String {
    switch kind {
    case .text: "text"
    case .printBegin: "'{{'"
    case .printEnd: "'}}'"
    case .tagBegin: "'{%'"
    case .tagEnd: "'%}'"
    case .name(let name): "'\(name)'"
    case .string(let text): "the string \(PythonText.quoted(text))"
    case .integer(let value): "'\(value)'"
    case .float(let value): "'\(value)'"
    case .symbol(let symbol): "'\(symbol)'"
    case .end: "the end of the template"
    }
  }
}
