package import ParaAdapters

/// One request's part of a decoding step: a token for each of its running beams.
package struct StepRequest {
  package let prompt: PromptCache
  package let generated: GeneratedCache
  package let adjustments: RequestAdjustments?
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
    prompt: PromptCache, generated: GeneratedCache, adjustments: RequestAdjustments?, step: Int,
    lanes: [Lane]
  ) {
    self.prompt = prompt
    self.generated = generated
    self.adjustments = adjustments
    self.step = step
    self.lanes = lanes
  }
}
