import ParaCheckpoints
package import ParaTensors

// The two forward passes: prefill over whole prompts, and one decoding step of many requests.

extension Decoder {
  /// A prompt to prefill, with the adapter of its request.
  package struct Prompt {
    package var tokens: [Int32]
    package var adapter: BoundAdapter?
    /// A cache of another prompt with the same adapter, and how many of its first tokens are this one's too: a
    /// multiple of 16, less than all. Their keys and values are copied, not computed. Only for adapters that make no
    /// vectors of the prompt.
    package var shared: (cache: PromptKVCache, length: Int)?

    package init(
      tokens: [Int32], adapter: BoundAdapter?, shared: (cache: PromptKVCache, length: Int)? = nil
    ) {
      self.tokens = tokens
      self.adapter = adapter
      self.shared = shared
    }

    /// The tokens that run through the model.
    var ownTokens: ArraySlice<Int32> { tokens.dropFirst(shared?.length ?? 0) }
  }

  /// Runs whole prompts, packed one after the other.
  ///
  /// The last layer computes keys and values of all tokens, but the rest only for each prompt's last
  /// token: nothing reads what the others would become.
  ///
  /// - Parameter prompts: None of them empty.
  /// - Returns: The prompts' KV caches, and the final states of each prompt's last token, quantized
  ///   for the LM head, [prompts, hidden]; they live in the arena until the next forward pass.
  package func prefillStates(_ prompts: [Prompt], _ context: ForwardContext) -> (
    caches: [PromptKVCache], states: QuantizedActivations
  ) {
    let caches = prompts.map {
      PromptKVCache(length: $0.tokens.count, layers: configuration.layers, attention)
    }
    let metadata = PrefillMetadata(prompts, caches: caches, self)
    let size = ForwardSize(
      rows: metadata.sequences.rows, states: prompts.count,
      longestPrompt: prompts.map(\.tokens.count).max() ?? 0, needsWholeLogits: false,
      threads: context.parallel.threads)
    let pass = context.reserving(size, activationTable)
    pass.parallel.ranges(prompts.count, grain: 1) { range in
      for index in range {
        if let (cache, length) = prompts[index].shared { caches[index].copy(length, from: cache) }
      }
    }
    let hidden = embed(prompts.flatMap(\.ownTokens), pass)  // [tokens, hidden]
    let lastLayer = layers.count - 1
    for layer in layers.indices {
      metadata.sequences.generateVectors(layer: layer, hidden, pass.parallel)
      for block in metadata.rowBlocks(layer, pass) {
        let states = hidden.rows(block.rows)
        if layer < lastLayer {
          runLayer(block, states, metadata)
        } else {
          fillCache(block, states, metadata)
        }
      }
    }
    let last = pass.matrix(.last, prompts.count, configuration.hiddenSize)
    for (row, sequence) in metadata.sequences.list.enumerated() {
      last.row(row).update(from: hidden.row(sequence.rows.upperBound - 1), count: last.columns)
    }
    let lastMetadata = LastTokenMetadata(metadata, self)
    for block in lastMetadata.rowBlocks(lastLayer, pass) {
      runLayer(block, last.rows(block.rows), lastMetadata)
    }
    return (caches, finalStates(last, lastMetadata.sequences, pass))
  }

  /// The same with the logits that follow each prompt, [prompts, vocabulary].
  package func prefill(
    _ prompts: [Prompt], _ context: ForwardContext
  ) -> (caches: [PromptKVCache], logits: Matrix) {
    let (caches, states) = prefillStates(prompts, context)
    return (caches, logits(states, context))
  }

  /// Runs one token for every lane of every request.
  ///
  /// - Returns: The lanes' final states, quantized for the LM head, in the order of requests and
  ///   lanes, [lanes, hidden]; they live in the arena until the next forward pass.
  package func stepStates(_ requests: [StepRequest], _ context: ForwardContext)
    -> QuantizedActivations
  {
    let metadata = DecodeMetadata(requests, self)
    let lanes = metadata.sequences.rows
    let size = ForwardSize(
      rows: lanes, states: lanes, longestPrompt: requests.map(\.prompt.length).max() ?? 0,
      longestAnswer: requests.map { $0.step + 1 }.max() ?? 0,
      widest: requests.map(\.lanes.count).max() ?? 0, needsWholeLogits: false,
      threads: context.parallel.threads)
    let pass = context.reserving(size, activationTable)
    let hidden = embed(requests.flatMap { $0.lanes.map(\.token) }, pass)  // [lanes, hidden]
    for layer in layers.indices {
      for block in metadata.rowBlocks(layer, pass) {
        runLayer(block, hidden.rows(block.rows), metadata)
      }
    }
    return finalStates(hidden, metadata.sequences, pass)
  }

  /// The same as logits, [lanes, vocabulary].
  package func step(_ requests: [StepRequest], _ context: ForwardContext) -> Matrix {
    logits(stepStates(requests, context), context)
  }

  // MARK: First and last

  /// The tokens' embeddings, [tokens, hidden].
  private func embed(_ tokens: [Int32], _ pass: ForwardPass) -> Matrix {
    let hidden = pass.matrix(.hidden, tokens.count, configuration.hiddenSize)
    pass.parallel.ranges(tokens.count, grain: 16) { rows in
      for row in rows {
        let token = Int(tokens[row])
        embedding.copyRows(token..<token + 1, into: hidden.row(row))
        Elementwise.scale(hidden.row(row), configuration.embeddingScale, count: hidden.columns)
      }
    }
    return hidden
  }

  /// The states that left the last layer behind the final norm, quantized for the LM head.
  private func finalStates(
    _ hidden: Matrix, _ sequences: PackedSequences, _ pass: ForwardPass
  ) -> QuantizedActivations {
    let block = RowBlock(
      rows: 0..<hidden.rows, layer: layers.count - 1, sequences: sequences, pass: pass)
    return quantized(block, .normalized(hidden, by: finalNorm), .quantized)
  }
}

/// One request's part of a decoding step: a token for each of its running beams.
package struct StepRequest {
  package let prompt: PromptKVCache
  package let generated: GeneratedKVCache
  package let adapter: BoundAdapter?
  /// Tokens generated before this step's.
  package var step: Int
  package var lanes: [Lane]

  /// A running beam.
  package struct Lane {
    /// The beam's newest token, which runs in this step.
    package var token: Int32
    /// Rows of the generated KV cache that hold the beam's tokens, oldest first: its back-pointers,
    /// followed to the end. The last is where this step writes.
    package var backPointers: [Int32]

    package init(token: Int32, backPointers: [Int32]) {
      self.token = token
      self.backPointers = backPointers
    }
  }

  package init(
    prompt: PromptKVCache, generated: GeneratedKVCache, adapter: BoundAdapter?, step: Int,
    lanes: [Lane]
  ) {
    self.prompt = prompt
    self.generated = generated
    self.adapter = adapter
    self.step = step
    self.lanes = lanes
  }
}
