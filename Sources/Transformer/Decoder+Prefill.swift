package import Adapters
import Checkpoints
package import Tensors

extension Decoder {
  /// A prompt to prefill, with the adapter that is at work on it.
  package struct Prompt {
    package var tokens: [Int32]
    package var adjustments: RequestAdjustments?

    package init(tokens: [Int32], adjustments: RequestAdjustments?) {
      self.tokens = tokens
      self.adjustments = adjustments
    }
  }

  /// Runs whole prompts, which must not be empty, and returns their caches and the logits that
  /// follow each prompt's last token, [prompts, vocabulary]. The logits live in the workspace until
  /// the next pass.
  package func prefill(_ prompts: [Prompt], _ pass: Pass) -> (caches: [PromptCache], logits: Matrix)
  {
    let caches = prompts.map {
      PromptCache(
        length: $0.tokens.count, layers: configuration.layers, rowSize: configuration.keyValueSize)
    }
    let plan = PrefillPlan(
      prompts, caches: caches, attention: attention, windows: configuration.windows)
    let hidden = forward(prompts.flatMap(\.tokens), plan, pass)
    let last = pass.matrix(.last, prompts.count, configuration.hiddenSize)
    for (row, segment) in plan.segments.enumerated() {
      last.row(row).update(from: hidden.row(segment.rows.upperBound - 1), count: last.columns)
    }
    return (caches, logits(last, pass))
  }
}
