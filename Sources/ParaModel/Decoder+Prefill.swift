package import ParaAdapters
import ParaCheckpoints
package import ParaTensors

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

  /// Runs whole prompts, which must not be empty, and returns their caches and the states of each
  /// prompt's last token, ready for the head. The states live in the workspace until the next pass.
  package func prefillStates(_ prompts: [Prompt], _ pass: Pass) -> (
    caches: [PromptCache], states: PreparedRows
  ) {
    let caches = prompts.map {
      PromptCache(length: $0.tokens.count, layers: configuration.layers, attention)
    }
    let plan = PrefillPlan(prompts, caches: caches, self)
    let hidden = embed(prompts.flatMap(\.tokens), pass)
    run(0..<layers.count - 1, hidden, plan, pass)
    let last = pass.matrix(.last, prompts.count, configuration.hiddenSize)
    for (row, segment) in plan.segments.list.enumerated() {
      last.row(row).update(from: hidden.row(segment.rows.upperBound - 1), count: last.columns)
    }
    let lastPlan = LastTokenPlan(plan, self)
    runLastLayer(hidden, plan, last, lastPlan, pass)
    return (caches, finalStates(last, lastPlan.segments, pass))
  }

  /// The same with the logits that follow each prompt, [prompts, vocabulary].
  package func prefill(_ prompts: [Prompt], _ pass: Pass) -> (caches: [PromptCache], logits: Matrix)
  {
    let (caches, states) = prefillStates(prompts, pass)
    return (caches, logits(states, pass))
  }
}
