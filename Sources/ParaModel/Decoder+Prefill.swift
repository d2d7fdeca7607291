import ParaCheckpoints
package import ParaTensors

extension Decoder {
  /// A prompt to prefill, with the adapter that is at work on it.
  package struct Prompt {
    package var tokens: [Int32]
    package var adapter: BoundAdapter?

    package init(tokens: [Int32], adapter: BoundAdapter?) {
      self.tokens = tokens
      self.adapter = adapter
    }
  }

  /// Runs whole prompts, which must not be empty, and returns their caches and the states of each
  /// prompt's last token, ready for the head. The states live in the arena until the next pass.
  package func prefillStates(_ prompts: [Prompt], _ context: ForwardContext) -> (
    caches: [PromptKVCache], states: QuantizedActivations
  ) {
    let caches = prompts.map {
      PromptKVCache(length: $0.tokens.count, layers: configuration.layers, attention)
    }
    let metadata = PrefillMetadata(prompts, caches: caches, self)
    let hidden = embed(prompts.flatMap(\.tokens), context)
    run(0..<layers.count - 1, hidden, metadata, context)
    let last = context.matrix(.last, prompts.count, configuration.hiddenSize)
    for (row, sequence) in metadata.sequences.list.enumerated() {
      last.row(row).update(from: hidden.row(sequence.rows.upperBound - 1), count: last.columns)
    }
    let lastMetadata = LastTokenMetadata(metadata, self)
    runLastLayer(hidden, metadata, last, lastMetadata, context)
    return (caches, finalStates(last, lastMetadata.sequences, context))
  }

  /// The same with the logits that follow each prompt, [prompts, vocabulary].
  package func prefill(_ prompts: [Prompt], _ context: ForwardContext) -> (
    caches: [PromptKVCache], logits: Matrix
  ) {
    let (caches, states) = prefillStates(prompts, context)
    return (caches, logits(states, context))
  }
}
