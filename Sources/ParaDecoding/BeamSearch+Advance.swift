internal import Foundation

/// One possible next token of one lane.
public struct Candidate: Sendable, Hashable {
  public var token: TokenID
  /// The natural logarithm of the token's probability given the lane's tokens, after
  /// ``LogitsProcessors``. −∞ marks an impossible token.
  public var logProbability: Float

  public init(token: TokenID, logProbability: Float) {
    self.token = token
    self.logProbability = logProbability
  }
}

/// One running lane of the next model step.
public struct Continuation: Sendable, Hashable {
  /// The lane of the step before whose tokens and KV cache this lane continues.
  public var parent: Int
  /// The token appended to them, the model's next input.
  public var token: TokenID

  public init(parent: Int, token: TokenID) {
    self.parent = parent
    self.token = token
  }
}

/// What a search asks for after a step's candidates.
public enum Advance: Sendable, Hashable {
  /// Run the model once more over these lanes, best first: at least one, at most `num_beams`.
  case `continue`(lanes: [Continuation])
  /// The hypotheses are final; there is nothing left to run.
  case finished
}

extension BeamSearch {
  /// Takes the candidates of all running lanes and decides which sequences end and which continue.
  ///
  /// Complexity: O(c log c) for c candidates; allocates only the sorted candidates and the next
  /// lanes.
  ///
  /// - Parameters:
  ///   - candidates: Lane after lane, in lane order and the same number for each: the lane's
  ///     `candidatesPerLane` best, in any order. −∞ marks an impossible token. For the first call
  ///     there is one lane, the prompt's.
  ///   - completesStopString: Whether appending the token to the lane's tokens completes a stop
  ///     string. Called for no more than `candidatesPerLane` tokens a step, never for an
  ///     end-of-sequence token.
  /// - Returns: The lanes to run next, or that the search has finished.
  /// - Throws: ``SearchError``: `alreadyFinished`, `candidateCount`, `invalidScore`, or
  ///   `noContinuation`. The search is unchanged.
  public mutating func advance(
    _ candidates: Span<Candidate>,
    completesStopString: (_ lane: Int, _ token: TokenID) -> Bool = { _, _ in false }
  ) throws(SearchError) -> Advance {
    let best = try bestContinuations(candidates)
    let length = generatedLength + 1
    let divisor = penaltyDivisor(length: length)
    var continuations: [Continuation] = []
    var next: [LaneState] = []
    for (rank, candidate) in best.enumerated() {
      if let reason = stopReason(of: candidate, length: length, completesStopString) {
        // A sequence that ends below the first num_beams ranks never was a beam and is dropped.
        if rank < settings.numBeams { end(candidate, reason, divisor) }
      } else if next.count < settings.numBeams {
        let node = backPointers.append(candidate.token, after: lanes[candidate.lane].node)
        next.append(LaneState(node: node, score: candidate.score))
        continuations.append(Continuation(parent: candidate.lane, token: candidate.token))
      }
    }
    lanes = next
    generatedLength = length
    isFinished = next.isEmpty || !canImprove(from: next[0].score)
    checkInvariants()
    return isFinished ? .finished : .continue(lanes: continuations)
  }

  /// A candidate appended to its lane.
  private struct Extension {
    var lane: Int
    var token: TokenID
    /// The lane's sum of log-probabilities and the token's, in fp32.
    var score: Float
  }

  /// The best possible continuations over all lanes in descending order: more than `num_beams`, so
  /// that `num_beams` remain when the best of them end.
  private func bestContinuations(
    _ candidates: Span<Candidate>
  ) throws(SearchError) -> ArraySlice<Extension> {
    guard !isFinished else {
      throw SearchError(.alreadyFinished, "The search has finished; start another to go on.")
    }
    guard candidates.count > 0, candidates.count.isMultiple(of: lanes.count) else {
      throw SearchError(
        .candidateCount,
        "\(candidates.count) candidates do not divide into \(lanes.count) running lanes; "
          + "deliver the same number for each.")
    }
    let perLane = candidates.count / lanes.count
    var all: [Extension] = []
    all.reserveCapacity(candidates.count)
    for index in candidates.indices {
      let candidate = candidates[index]
      let lane = index / perLane
      guard candidate.logProbability < .infinity else { throw invalidScore(candidate, lane) }
      let score = candidate.logProbability + lanes[lane].score
      if score > -.infinity {
        all.append(Extension(lane: lane, token: candidate.token, score: score))
      }
    }
    guard !all.isEmpty || !ended.isEmpty else {
      throw SearchError(
        .noContinuation,
        "After \(generatedLength) generated tokens every next token is impossible; "
          + "loosen no_repeat_ngram_size or min_new_tokens.")
    }
    all.sort { ($1.score, $0.lane, $0.token) < ($0.score, $1.lane, $1.token) }
    return all.prefix(candidatesPerLane)
  }

  private func invalidScore(_ candidate: Candidate, _ lane: Int) -> SearchError {
    SearchError(
      .invalidScore,
      "The log-probability of token \(candidate.token) in lane \(lane) is "
        + "\(candidate.logProbability) after \(generatedLength) generated tokens; "
        + "the model's scores must be finite or -inf.")
  }

  private func stopReason(
    of candidate: Extension, length: Int, _ completesStopString: (Int, TokenID) -> Bool
  ) -> StopReason? {
    if settings.endOfSequence.contains(candidate.token) { return .endOfSequence }
    if completesStopString(candidate.lane, candidate.token) { return .stopString }
    return length >= settings.maxNewTokens ? .length : nil
  }

  /// Inserts an ended sequence by its score and keeps the `num_beams` best.
  private mutating func end(_ candidate: Extension, _ reason: StopReason, _ divisor: Float) {
    let sequence = EndedSequence(
      node: lanes[candidate.lane].node,
      lastToken: candidate.token,
      sumLogProbability: candidate.score,
      score: candidate.score / divisor,
      stopReason: reason)
    let place = ended.firstIndex { $0.score < sequence.score } ?? ended.endIndex
    ended.insert(sequence, at: place)
    if ended.count > settings.numBeams { ended.removeLast() }
  }

  /// What a sum of log-probabilities is divided by: `length ^ length_penalty`, computed in double
  /// precision and then rounded, as PyTorch divides a tensor by a Python number.
  private func penaltyDivisor(length: Int) -> Float {
    Float(pow(Double(length), settings.lengthPenalty))
  }

  /// Whether another step could still change the `num_beams` best ended sequences, given the sum of
  /// log-probabilities of the best running lane. An estimate under `.heuristic`, as in
  /// `transformers`.
  private func canImprove(from running: Float) -> Bool {
    guard ended.count == settings.numBeams, let worst = ended.last else { return true }
    if settings.numBeams == 1 || settings.earlyStopping == .always { return false }
    let growsWithLength = settings.earlyStopping == .never && settings.lengthPenalty > 0
    let length = growsWithLength ? settings.maxNewTokens : generatedLength
    return running / penaltyDivisor(length: length) > worst.score
  }
}
