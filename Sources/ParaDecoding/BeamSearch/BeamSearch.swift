/// Beam search over one prompt, as a state machine that never sees the model.
///
/// Feed it each step's best candidates and run the model over the lanes it answers with:
///
///     var search = BeamSearch(settings: settings)
///     var lanes = …                                  // the prompt's one lane
///     while case .continue(let next) = try search.advance(candidates.span) { … }
///     search.hypotheses
///
/// In fp32 it returns the hypotheses of `transformers` 4.57 `generate(num_beams:)`, token for
/// token and score for score: the accumulated log-probabilities, length penalties and comparisons
/// are fp32 where they are fp32 there. With `num_beams` 1 it is greedy search.
///
/// Where `transformers` leaves the outcome open, or fills up, this search decides:
///
/// - Equal scores: the lower lane goes first, then the lower token, then the older hypothesis.
///   (`torch.topk` gives equal values in no documented order.)
/// - When a step has fewer possible continuations than `num_beams` (tiny vocabularies, nearly
///   everything forbidden), `transformers` pads with copies whose score is −10⁹. Here fewer lanes
///   run, and fewer hypotheses than `num_return_sequences` come back.
public struct BeamSearch: Sendable {
  public let settings: SearchSettings
  /// How many of each lane's best candidates `advance` needs to be exact: `num_beams` times one
  /// more than the number of end-of-sequence ids (at least two); 1 for greedy search. A lane whose
  /// vocabulary is smaller delivers all of it.
  public let candidatesPerLane: Int
  /// Whether the search has ended and `hypotheses` are final.
  public internal(set) var isFinished = false

  /// The running lanes, best first.
  var lanes = [LaneState(node: TokenTrail.root, score: 0)]
  /// The ended sequences, best first, at most `num_beams`.
  var ended: [EndedSequence] = []
  /// The number of tokens that every running lane has generated.
  var generatedLength = 0
  var trail: TokenTrail

  /// A running sequence: its last token's place in the trail and its sum of log-probabilities.
  struct LaneState: Sendable {
    var node: Int
    var score: Float
  }

  /// A sequence that ended. Its last token is not in the trail, which holds what ran.
  struct EndedSequence: Sendable {
    var node: Int
    var lastToken: TokenID
    var sumLogProbability: Float
    var score: Float
    var stopReason: StopReason
  }

  public init(settings: SearchSettings) {
    self.settings = settings
    let beams = settings.numBeams
    candidatesPerLane = beams == 1 ? 1 : beams * max(2, settings.endOfSequence.count + 1)
    trail = TokenTrail(capacity: beams * min(settings.maxNewTokens, 256))
  }

  /// The number of running lanes: one (the prompt's) before the first step.
  public var laneCount: Int { lanes.count }

  /// The tokens that a running lane has generated, oldest first.
  public func tokens(ofLane lane: Int) -> [TokenID] {
    trail.sequence(endingAt: lanes[lane].node)
  }

  /// The ended sequences, best first, at most `num_return_sequences`. Final once `isFinished`.
  public var hypotheses: [Hypothesis] {
    ended.prefix(settings.numReturnSequences).map { sequence in
      Hypothesis(
        tokens: trail.sequence(endingAt: sequence.node) + [sequence.lastToken],
        sumLogProbability: sequence.sumLogProbability,
        score: sequence.score,
        stopReason: sequence.stopReason)
    }
  }
}
