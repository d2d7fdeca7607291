internal import Foundation

/// The logits processors of one prompt, as edits of single tokens' scores, in the order of
/// transformers' `LogitsProcessorList`.
///
/// As in `transformers`, a beam search processes log-probabilities, which are then no longer
/// normalised, while greedy search and sampling process logits; ``GenerationSettings/processesLogits``
/// says which. The prompt's tokens count as seen.
///
///     for edit in processors.edits(generated: search.tokens(ofLane: lane)) {
///       scores[Int(edit.token)] = edit.applied(to: scores[Int(edit.token)])
///     }
///
/// Where `forcedCandidate` has an answer there is nothing to edit: it is the only candidate.
public struct LogitsProcessors: Sendable {
  /// A change to one token's score, applied before the best candidates are selected.
  public struct Edit: Sendable, Hashable {
    public enum Change: Sendable, Hashable {
      /// Negative scores are multiplied by the factor, positive ones divided.
      case penalize(Float)
      /// The number is added.
      case add(Float)
      /// The magnitude times the factor is added, if it is finite.
      case grow(Float)
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
      case .add(let bias): score + bias
      case .grow(let factor): score.isFinite ? score + abs(score) * factor : score
      case .forbid: -.infinity
      }
    }
  }

  private let settings: GenerationSettings
  private let prompt: [TokenID]
  private let promptTokens: Set<TokenID>
  private let badWords: [[TokenID]]
  private let ends: [TokenID]

  public init(settings: GenerationSettings, prompt: [TokenID]) {
    self.settings = settings
    self.prompt = prompt
    ends = Set(settings.endOfSequence).sorted()
    let penalizes = settings.repetitionPenalty != 1 || settings.encoderRepetitionPenalty != 1
    promptTokens = penalizes ? Set(prompt) : []
    // transformers does not let a bad word forbid the end.
    badWords = settings.badWords.filter { [ends] in !ends.map { [$0] }.contains($0) }
  }

  /// Whether no step has edits, so that `edits` need not be called.
  public var isEmpty: Bool {
    promptTokens.isEmpty && settings.repetitionPenalty == 1 && settings.noRepeatNgramSize == 0
      && settings.encoderNoRepeatNgramSize == 0 && settings.sequenceBias.isEmpty
      && badWords.isEmpty && settings.suppressTokens.isEmpty
      && settings.beginSuppressTokens.isEmpty
      && (ends.isEmpty
        || settings.minLength == 0 && settings.minNewTokens == 0
          && settings.lengthDecay.factor == 1)
  }

  /// The edits of the scores of the token after `generated`, to be applied in order.
  ///
  /// Complexity: O(n log n) in the tokens of prompt and continuation.
  public func edits(generated: [TokenID]) -> [Edit] {
    let history = prompt + generated
    return biases(after: history) + penalties(generated)
      + forbidding(
        ngrams(of: history, size: settings.noRepeatNgramSize, in: history)
          + ngrams(of: history, size: settings.encoderNoRepeatNgramSize, in: prompt)
          + badWords.filter { Self.completes($0, history) }.compactMap(\.last)
          + (isTooShort(generated) ? ends : []))
      + growth(generated) + forbidding(suppressed(generated))
  }

  /// The only candidate where the settings force the next token: its score is 0, or −∞ if it is
  /// suppressed. Nil where the scores decide.
  public func forcedCandidate(generated: [TokenID]) -> Candidate? {
    let isLast = generated.count == settings.maxNewTokens - 1
    let isSecond = prompt.count + generated.count == 1
    let forced =
      (isLast ? settings.forcedEndOfSequence.first : nil)
      ?? (isSecond ? settings.forcedBeginOfSequence.first : nil)
    return forced.map { token in
      Candidate(
        token: token, logProbability: suppressed(generated).contains(token) ? -.infinity : 0)
    }
  }
}

// What each setting asks for.
extension LogitsProcessors {
  private func forbidding(_ tokens: [TokenID]) -> [Edit] {
    tokens.map { Edit(token: $0, change: .forbid) }
  }

  /// `sequence_bias`: the sum for each token; biases of single tokens come first.
  private func biases(after history: [TokenID]) -> [Edit] {
    var sums: [TokenID: Float] = [:]
    let (single, longer) = (
      settings.sequenceBias.filter { $0.tokens.count == 1 },
      settings.sequenceBias.filter { $0.tokens.count > 1 }
    )
    for bias in single { sums[bias.tokens[0]] = Float(bias.bias) }
    for bias in longer where Self.completes(bias.tokens, history) {
      sums[bias.tokens[bias.tokens.count - 1], default: 0] += Float(bias.bias)
    }
    return sums.sorted { $0.key < $1.key }.map { Edit(token: $0.key, change: .add($0.value)) }
  }

  /// Whether all tokens of a sequence but its last are what the text ends in.
  private static func completes(_ sequence: [TokenID], _ history: [TokenID]) -> Bool {
    history.suffix(sequence.count - 1).elementsEqual(sequence.dropLast())
  }

  /// `encoder_repetition_penalty`, then `repetition_penalty`.
  private func penalties(_ generated: [TokenID]) -> [Edit] {
    var edits: [Edit] = []
    if settings.encoderRepetitionPenalty != 1 {
      let change = Edit.Change.penalize(Float(1 / settings.encoderRepetitionPenalty))
      edits += promptTokens.sorted().map { Edit(token: $0, change: change) }
    }
    if settings.repetitionPenalty != 1 {
      let change = Edit.Change.penalize(Float(settings.repetitionPenalty))
      let seen = promptTokens.union(generated).sorted()
      edits += seen.map { Edit(token: $0, change: change) }
    }
    return edits
  }

  /// The tokens that would complete an n-gram of `text`.
  private func ngrams(of history: [TokenID], size: Int, in text: [TokenID]) -> [TokenID] {
    guard size > 0, text.count >= size else { return [] }
    let ending = history.suffix(size - 1)
    return (size - 1..<text.count).compactMap { index in
      text[(index - size + 1)..<index].elementsEqual(ending) ? text[index] : nil
    }
  }

  private func isTooShort(_ generated: [TokenID]) -> Bool {
    generated.count < settings.minNewTokens || prompt.count + generated.count < settings.minLength
  }

  /// `exponential_decay_length_penalty`.
  private func growth(_ generated: [TokenID]) -> [Edit] {
    let steps = generated.count - settings.lengthDecay.start
    guard steps > 0, settings.lengthDecay.factor != 1 else { return [] }
    let factor = Float(pow(settings.lengthDecay.factor, Double(steps)) - 1)
    return ends.map { Edit(token: $0, change: .grow(factor)) }
  }

  /// `suppress_tokens` and, at the beginning of an answer, `begin_suppress_tokens`.
  private func suppressed(_ generated: [TokenID]) -> [TokenID] {
    let beginning = prompt.count == 1 && !settings.forcedBeginOfSequence.isEmpty ? 1 : 0
    return settings.suppressTokens
      + (generated.count == beginning ? settings.beginSuppressTokens : [])
  }
}

extension GenerationSettings {
  /// Whether ``LogitsProcessors`` apply to logits, before the log-softmax (greedy search and
  /// sampling), or to log-probabilities after it (beam search).
  public var processesLogits: Bool { numBeams == 1 }
}
