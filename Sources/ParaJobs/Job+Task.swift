public import ParaPrompts

extension Job {
  /// How a record becomes a prompt, and its answer a score.
  public struct Task: Sendable, Equatable {
    public var name: String
    public var prompt: PromptSource
    /// `doc_to_target`; nil only where there are no metrics.
    public var target: ReferenceSource?
    /// `doc_to_choice`, for `output_type: multiple_choice`: nothing is generated, the most probable of these is the answer.
    public var choices: ChoiceSource?
    /// Names as in `metric_list`; a task without any only generates.
    public var metrics: [String]

    public init(
      name: String, prompt: PromptSource, target: ReferenceSource? = nil,
      choices: ChoiceSource? = nil,
      metrics: [String] = []
    ) {
      self.name = name
      self.prompt = prompt
      self.target = target
      self.choices = choices
      self.metrics = metrics
    }
  }
}
