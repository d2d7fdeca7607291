public import ParaDecoding
import ParaTokenizers

/// A prompt's answer: its hypotheses, best first, each with its text.
public struct Completion: Sendable {
  public struct Answer: Sendable {
    public var hypothesis: Hypothesis
    /// The generated text without special tokens, its white space as generated.
    public var text: String
  }

  public var prompt: Prompt
  public var answers: [Answer]

  /// Of a multiple-choice prompt the hypotheses are its choices, in their order; the most probable comes first.
  init(_ prompt: Prompt, _ hypotheses: [Hypothesis], _ tokenizer: Tokenizer) {
    self.prompt = prompt
    guard !prompt.choices.isEmpty else {
      answers = hypotheses.map { Answer(hypothesis: $0, text: tokenizer.decode($0.tokens)) }
      return
    }
    let choices = zip(hypotheses, prompt.choices).map { Answer(hypothesis: $0, text: $1) }
    answers = choices.enumerated().sorted {
      (-$0.element.hypothesis.sumLogProbability, $0.offset)
        < (-$1.element.hypothesis.sumLogProbability, $1.offset)
    }.map(\.element)
  }
}
