/// Beam search over one prompt: a state machine over log-probabilities that never sees the model.
///
/// Feed it each step's best candidates and run the model over the lanes it answers with:
///
///     var search = BeamSearch(settings: settings)
///     var lanes = …                                  // the prompt's one lane
///     while case .continue(let next) = try search.advance(candidates.span) { … }
///     search.hypotheses
///
/// In fp32 it returns the hypotheses of `transformers` 4.57 `generate(num_beams:)`, token for
/// token and score for score: accumulated log-probabilities, length penalties and comparisons
/// are fp32 wherever they are fp32 there. With `num_beams` 1 it is greedy search.
///
/// It differs from `transformers` in two places:
///
/// - Equal scores: the lower lane wins, then the lower token, then the older hypothesis.
///   (`torch.topk` leaves the order of equal values open.)
/// - A step with fewer possible continuations than `num_beams` (tiny vocabularies, nearly every
///   token forbidden): `transformers` pads with copies whose score is −10⁹; here fewer lanes
///   run, and fewer hypotheses than `num_return_sequences` come back.
public struct BeamSearch: Sendable {
  public let settings: GenerationSettings
  /// How many of each lane's best candidates `advance` needs to be exact: `num_beams` times one
  /// more than the number of end-of-sequence ids (at least two); 1 for greedy search. A lane whose
  /// vocabulary is smaller delivers all of it.
  public let candidatesPerLane: Int
  /// Whether the search has ended and `hypotheses` are final.
  public internal(set) var isFinished = false

  /// The running lanes, best first.
  var lanes = [LaneState(node: BackPointers.root, score: 0)]
  /// The ended sequences, best first, at most `num_beams`.
  var ended: [EndedSequence] = []
  /// The number of tokens that every running lane has generated.
  var generatedLength = 0
  var backPointers: BackPointers

  /// A running sequence: its last node and its sum of log-probabilities.
  struct LaneState: Sendable {
    var node: Int
    var score: Float
  }

  /// A sequence that ended. Its last token is stored here: back-pointers hold only tokens that ran.
  struct EndedSequence: Sendable {
    var node: Int
    var lastToken: TokenID
    var sumLogProbability: Float
    var score: Float
    var stopReason: StopReason
  }

  public init(settings: GenerationSettings) {
    self.settings = settings
    let beams = settings.numBeams
    candidatesPerLane = beams == 1 ? 1 : beams * max(2, Set(settings.endOfSequence).count + 1)
    backPointers = BackPointers(capacity: beams * min(settings.maxNewTokens, 256))
  }

  /// The number of running lanes: one (the prompt's) before the first step.
  public var laneCount: Int { lanes.count }

  /// The tokens that a running lane has generated, oldest first.
  public func tokens(ofLane lane: Int) -> [TokenID] {
    backPointers.sequence(endingAt: lanes[lane].node)
  }

  /// The ended sequences, best first, at most `num_return_sequences`. Final once `isFinished`.
  public var hypotheses: [Hypothesis] {
    ended.prefix(settings.numReturnSequences).map { sequence in
      Hypothesis(
        tokens: backPointers.sequence(endingAt: sequence.node) + [sequence.lastToken],
        sumLogProbability: sequence.sumLogProbability,
        score: sequence.score,
        stopReason: sequence.stopReason)
    }
  }

  /// What holds after every step; checked in debug builds. Scores are compared by `!(a < b)`
  /// because an extreme length penalty makes them NaN.
  func checkInvariants() {
    assert(lanes.count <= settings.numBeams, "more lanes than beams")
    assert(ended.count <= settings.numBeams, "more ended sequences than beams")
    assert(isFinished || !lanes.isEmpty, "running without a lane")
    assert(generatedLength <= settings.maxNewTokens, "longer than max_new_tokens")
    assert(!isFinished || !ended.isEmpty, "finished without a hypothesis")
    assert(
      zip(lanes, lanes.dropFirst()).allSatisfy { !($0.score < $1.score) }, "lanes out of order")
    assert(
      zip(ended, ended.dropFirst()).allSatisfy { !($0.score < $1.score) }, "ended out of order")
  }
}
