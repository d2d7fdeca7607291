extension Job {
  /// How a record becomes a prompt, and its answer a score.
  public struct Task: Sendable, Equatable {
    public var name: String
    public var prompt: PromptRule
    /// `doc_to_target`; nil only where there are no metrics.
    public var target: Target?
    /// `doc_to_choice`, for `output_type: multiple_choice`: nothing is generated, the most probable of these is the answer.
    public var choices: Choices?
    /// Names as in `metric_list`; a task without any only generates.
    public var metrics: [String]

    public init(
      name: String, prompt: PromptRule, target: Target? = nil, choices: Choices? = nil,
      metrics: [String] = []
    ) {
      self.name = name
      self.prompt = prompt
      self.target = target
      self.choices = choices
      self.metrics = metrics
    }
  }

  /// Where a task's prompts come from.
  public enum PromptRule: Sendable, Equatable {
    /// A Stencil template over the record's fields: `doc_to_text`.
    case template(String)
    /// The messages in the record's field of this name or path, written out as `chat_format` says.
    case chat(ChatFormat, field: String)
  }

  /// The answers that a multiple-choice task chooses from.
  public enum Choices: Sendable, Equatable {
    /// The same for every record.
    case each([String])
    /// The record's field of this name or path: a list of texts.
    case field(String)
  }

  /// Where a task's references come from.
  public enum Target: Sendable, Equatable {
    /// The record's field of this name: a string, number, truth value, or a list of strings.
    case field(String)
    /// A Stencil template over the record's fields.
    case template(String)
  }
}
