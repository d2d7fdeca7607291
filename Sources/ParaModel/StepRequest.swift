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
    /// The token to run, the beam's newest.
    package var token: Int32
    /// Rows of the generated cache that hold the beam's past, oldest first; the last is where this
    /// step writes.
    package var ancestry: [Int32]

    package init(token: Int32, ancestry: [Int32]) {
      self.token = token
      self.ancestry = ancestry
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
