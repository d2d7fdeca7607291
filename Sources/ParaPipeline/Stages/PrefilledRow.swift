import ParaEngine

/// A prompt with what the model made of it: its cache, its adapter's vectors, its first candidates.
public struct PrefilledRow: Sendable {
  public var prompt: Prompt
  let state: PrefilledPrompt
}
