/// What `repetition_penalty`, `no_repeat_ngram_size` and `min_new_tokens` ask of the next token's
/// scores, for one prompt and any continuation of it.
///
/// As in `transformers`, a beam search edits log-probabilities, which are then no longer
/// normalised, while greedy search and sampling edit logits; ``SearchSettings/editsLogits`` tells
/// which. The prompt's tokens count as seen.
///
///     for edit in constraints.edits(generated: search.tokens(ofLane: lane)) {
///       scores[Int(edit.token)] = edit.applied(to: scores[Int(edit.token)])
///     }
public struct TokenConstraints: Sendable {
  private let settings: SearchSettings
  private let prompt: [TokenID]
  private let promptTokens: Set<TokenID>

  public init(settings: SearchSettings, prompt: [TokenID]) {
    self.settings = settings
    self.prompt = prompt
    promptTokens = settings.repetitionPenalty == 1 ? [] : Set(prompt)
  }

  /// Whether there is never anything to edit, so that nothing need be asked.
  public var isEmpty: Bool {
    settings.repetitionPenalty == 1 && settings.noRepeatNgramSize == 0
      && (settings.minNewTokens == 0 || settings.endOfSequence.isEmpty)
  }

  /// The edits of the scores of the token after `generated`, to be applied in order: penalties,
  /// one for each seen token, then prohibitions.
  ///
  /// Complexity: O(n) in the tokens of prompt and continuation.
  public func edits(generated: [TokenID]) -> [ScoreEdit] {
    var edits: [ScoreEdit] = []
    if settings.repetitionPenalty != 1 {
      let penalty = ScoreEdit.Change.penalize(Float(settings.repetitionPenalty))
      let seen = promptTokens.union(generated).sorted()
      edits += seen.map { ScoreEdit(token: $0, change: penalty) }
    }
    edits += repeatingTokens(after: generated).map { ScoreEdit(token: $0, change: .forbid) }
    if generated.count < settings.minNewTokens {
      edits += settings.endOfSequence.map { ScoreEdit(token: $0, change: .forbid) }
    }
    return edits
  }

  /// The tokens that would complete an n-gram which has occurred already.
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

extension SearchSettings {
  /// Whether ``TokenConstraints`` apply to logits, before the log-softmax (greedy search and
  /// sampling), or to log-probabilities after it (beam search).
  public var editsLogits: Bool { numBeams == 1 }
}
