/// How PARA makes one state of a prompt's, where they enter a layer.
package enum PromptPool: String, Sendable, CaseIterable, Codable {
  /// The state of the last token: the paper's choice.
  case last
  case mean
  /// The state of the first token, which sees nothing but itself: for comparisons.
  case first
  /// Σ wₜ hₜ over the prompt, w = softmax(h · q / √hidden), with a learned query q in each layer.
  case attention
}
