package import ParaJSON

/// Where a task's prompts come from.
public enum PromptSource: Sendable, Equatable {
  /// A Stencil template over the record's fields: `doc_to_text`.
  case template(String)
  /// The messages in the record's field of this name or path, rendered as `chat_format` says.
  case chat(ChatFormat, field: String)
}

/// Where a task's references (the right answers) come from: `doc_to_target`.
public enum ReferenceSource: Sendable, Equatable {
  /// The record's field of this name or path: a string, number, truth value, or a list of these.
  case field(String)
  /// A Stencil template over the record's fields.
  case template(String)
}

/// Where the answers of a multiple-choice task come from: `doc_to_choice`.
public enum ChoiceSource: Sendable, Equatable {
  /// The same for every record.
  case each([String])
  /// The record's field of this name or path: a list of texts.
  case field(String)
}

/// Renders a record's prompt, references and choices by the rules of its task.
///
/// Templates are parsed once, here; a renderer belongs to one worker, because Stencil's templates
/// are not meant to be shared between threads.
package struct TaskRenderer {
  private enum PromptRule {
    case template(PromptTemplate)
    case chat(ChatFormat, FieldPath)
  }

  private enum TextRule {
    case fixed([String])
    case field(FieldPath)
    case template(PromptTemplate)

    func texts(_ fields: JSONObject) throws -> [String] {
      switch self {
      case .fixed(let texts): texts
      case .field(let path): try path.texts(in: fields)
      case .template(let template): [try template.render(fields)]
      }
    }
  }

  private let promptRule: PromptRule
  private let referenceRule: TextRule?
  private let choiceRule: TextRule?

  /// - Throws: Stencil's error for a template that cannot be parsed.
  package init(
    prompt: PromptSource, references: ReferenceSource? = nil, choices: ChoiceSource? = nil
  ) throws {
    switch prompt {
    case .template(let text): promptRule = .template(try PromptTemplate(text))
    case .chat(let format, let field): promptRule = .chat(format, FieldPath(field))
    }
    switch references {
    case .field(let path): referenceRule = .field(FieldPath(path))
    case .template(let text): referenceRule = .template(try PromptTemplate(text))
    case nil: referenceRule = nil
    }
    switch choices {
    case .each(let texts): choiceRule = .fixed(texts)
    case .field(let path): choiceRule = .field(FieldPath(path))
    case nil: choiceRule = nil
    }
  }

  /// The prompt's text.
  ///
  /// - Parameters:
  ///   - beginOfSequence: The text of the model's token that begins a sequence, for chat formats.
  ///   - endOfSequence: The text of the one that ends it.
  /// - Throws: ``PromptError``.
  package func prompt(
    of fields: JSONObject, beginOfSequence: String, endOfSequence: String
  ) throws -> String {
    switch promptRule {
    case .template(let template): return try template.render(fields)
    case .chat(let format, let path):
      let messages = try ChatMessage.messages(in: path.value(in: fields), field: path.name)
      return try format.text(
        of: messages, beginOfSequence: beginOfSequence, endOfSequence: endOfSequence)
    }
  }

  /// Whether the tokenizer adds special tokens to the prompt: a chat's text has them already.
  package var addsSpecialTokens: Bool {
    if case .template = promptRule { true } else { false }
  }

  /// The right answers, any of which counts; empty for a task without `doc_to_target`.
  ///
  /// - Throws: ``PromptError``.
  package func references(of fields: JSONObject) throws -> [String] {
    try referenceRule?.texts(fields) ?? []
  }

  /// The answers to choose from; empty for a task that generates.
  ///
  /// - Throws: ``PromptError``.
  package func choices(of fields: JSONObject) throws -> [String] {
    try choiceRule?.texts(fields) ?? []
  }
}
