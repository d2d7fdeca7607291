/// The logits processors of one prompt: `repetition_penalty`, `no_repeat_ngram_size` and
/// `min_new_tokens`, as edits of single tokens' scores.
///
/// As in `transformers`, a beam search processes log-probabilities, which are then no longer
/// normalised, while greedy search and sampling process logits; ``GenerationSettings/processesLogits``
/// says which. The prompt's tokens count as seen.
///
///     for edit in processors.edits(generated: search.tokens(ofLane: lane)) {
///       scores[Int(edit.token)] = edit.applied(to: scores[Int(edit.token)])
///     }
public struct LogitsProcessors: Sendable {
  /// A change to one token's score, applied before the best candidates are selected.
  public struct Edit: Sendable, Hashable {
    public enum Change: Sendable, Hashable {
      /// `repetition_penalty`: negative scores are multiplied by the factor, positive ones divided.
      case penalize(Float)
      /// The score becomes −∞.
      case forbid
    }

    public var token: TokenID
    public var change: Change

    public init(token: TokenID, change: Change) {
      self.token = token
      self.change = change
    }

    /// The score after the change. NaN stays NaN unless the token is forbidden.
    @inlinable
    public func applied(to score: Float) -> Float {
      switch change {
      case .penalize(let factor): score < 0 ? score * factor : score / factor
      case .forbid: -.infinity
      }
    }
  }

  private let settings: GenerationSettings
  private let prompt: [TokenID]
  private let promptTokens: Set<TokenID>

  public init(settings: GenerationSettings, prompt: [TokenID]) {
    self.settings = settings
    self.prompt = prompt
    promptTokens = settings.repetitionPenalty == 1 ? [] : Set(prompt)
  }

  /// Whether no step has edits, so that `edits` need not be called.
  public var isEmpty: Bool {
    settings.repetitionPenalty == 1 && settings.noRepeatNgramSize == 0
      && (settings.minNewTokens == 0 || settings.endOfSequence.isEmpty)
  }

  /// The edits of the scores of the token after `generated`, to be applied in order: penalties,
  /// one per seen token, then forbidden tokens.
  ///
  /// Complexity: O(n log n) in the tokens of prompt and continuation.
  public func edits(generated: [TokenID]) -> [Edit] {
    var edits: [Edit] = []
    if settings.repetitionPenalty != 1 {
      let penalty = Edit.Change.penalize(Float(settings.repetitionPenalty))
      let seen = promptTokens.union(generated).sorted()
      edits += seen.map { Edit(token: $0, change: penalty) }
    }
    edits += repeatingTokens(after: generated).map { Edit(token: $0, change: .forbid) }
    if generated.count < settings.minNewTokens {
      edits += settings.endOfSequence.map { Edit(token: $0, change: .forbid) }
    }
    return edits
  }

  /// The tokens that would complete an n-gram which has already occurred.
  private func repeatingTokens(after generated: [TokenID]) -> [TokenID] {
    let size = settings.noRepeatNgramSize
    guard size > 0 else { return [] }
    let history = prompt + generated
    guard history.count >= size else { return [] }
    let ending = history.suffix(size - 1)
    return (size - 1..<history.count).compactMap { index in
      history[(index - size + 1)..<index].elementsEqual(ending) ? history[index] : nil
    }
  }
}

extension GenerationSettings {
  /// Whether ``LogitsProcessors`` apply to logits, before the log-softmax (greedy search and
  /// sampling), or to log-probabilities after it (beam search).
  public var processesLogits: Bool { numBeams == 1 }
}
