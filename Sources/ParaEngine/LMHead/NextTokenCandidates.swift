import ParaDecoding
import ParaModel
import ParaTensors

/// Computes lanes' next-token candidates from the model's final hidden states.
///
/// Most lanes need only the top-k logits and the log-sum-exp, which a scan of the LM head gives
/// without storing logits. Sampled lanes, and greedy ones with logits processors, need a full row.
struct NextTokenCandidates {
  typealias Outcome = Result<[Candidate], SearchError>

  private let engine: Engine
  private let context: ForwardContext
  private var decoder: Decoder { engine.decoder }

  init(_ engine: Engine, _ context: ForwardContext) {
    self.engine = engine
    self.context = context
  }

  /// - Parameters:
  ///   - states: [rows, hidden], as they left the model.
  ///   - lanes: For each row the lanes that continue from it, one or more of the same request.
  /// - Returns: The candidates of each lane, in the same order.
  func candidates(_ states: QuantizedActivations, _ lanes: [[SequenceSearch.Lane]]) -> [[Outcome]] {
    let vocabulary = decoder.vocabularySize
    let needs = lanes.map { $0.map { $0.search.logitsNeed(lane: $0.lane, vocabulary: vocabulary) } }
    var outcomes = lanes.map { $0.map { _ in Outcome.success([]) } }
    fromFullRows(states, lanes, needs, into: &outcomes)
    fromTopK(states, lanes, needs, into: &outcomes)
    return outcomes
  }

  private func fromTopK(
    _ states: QuantizedActivations, _ lanes: [[SequenceSearch.Lane]], _ needs: [[LogitsNeed]],
    into outcomes: inout [[Outcome]]
  ) {
    let requests = needs.map(Self.union)
    guard requests.contains(where: { $0.count > 0 || !$0.gathered.isEmpty }) else { return }
    let results = engine.scan.topK(
      states, requests, of: decoder.head, scratch: decoder.headScratch(states, context),
      parallel: context.parallel)
    for row in lanes.indices {
      for (index, need) in needs[row].enumerated() {
        guard case .topK(_, let edits) = need else { continue }
        let (search, lane) = lanes[row][index]
        outcomes[row][index] = .success(
          search.candidates(results[row], requests[row], edits, lane: lane))
      }
    }
  }

  /// One top-k request that covers the needs of all lanes of a row.
  private static func union(_ needs: [LogitsNeed]) -> TopKRequest {
    var request = TopKRequest(count: 0)
    for need in needs {
      guard case .topK(let own, _) = need else { continue }
      request.count = max(request.count, own.count)
      request.gathered =
        needs.count == 1 ? own.gathered : Set(request.gathered + own.gathered).sorted()
    }
    return request
  }

  /// Full rows are computed a few at a time: a vocabulary may have 256 k tokens.
  private func fromFullRows(
    _ states: QuantizedActivations, _ lanes: [[SequenceSearch.Lane]], _ needs: [[LogitsNeed]],
    into outcomes: inout [[Outcome]]
  ) {
    for first in stride(from: 0, to: lanes.count, by: ModelFootprint.wholeRows) {
      let rows = first..<min(first + ModelFootprint.wholeRows, lanes.count)
      guard needs[rows].contains(where: { $0.contains(where: \.isFullRow) }) else { continue }
      let logits = decoder.logits(states, rows: rows, context)  // [rows.count, vocabulary]
      for row in rows {
        fromFullRow(
          logits.row(row - first), vocabulary: logits.columns, lanes[row], needs[row],
          into: &outcomes[row])
      }
    }
  }

  /// The candidates of the lanes that continue from one row; each lane edits the logits in place.
  ///
  /// - Parameter logits: [vocabulary]
  private func fromFullRow(
    _ logits: UnsafeMutablePointer<Float>, vocabulary: Int, _ lanes: [SequenceSearch.Lane],
    _ needs: [LogitsNeed], into outcomes: inout [Outcome]
  ) {
    let original =
      lanes.count > 1 ? Array(UnsafeBufferPointer(start: logits, count: vocabulary)) : []
    for (index, need) in needs.enumerated() {
      guard case .fullRow(let edits) = need else { continue }
      if index > 0 { logits.update(from: original, count: vocabulary) }
      let (search, lane) = lanes[index]
      outcomes[index] = Result { () throws(SearchError) in
        try search.candidates(logits, vocabulary: vocabulary, edits, lane: lane)
      }
    }
  }
}

extension Collection where Element == NextTokenCandidates.Outcome {
  /// All lanes' candidates, or the first error of a lane.
  func joined() -> Result<[[Candidate]], SearchError> {
    Result { () throws(SearchError) in
      var candidates: [[Candidate]] = []
      for lane in self { candidates.append(try lane.get()) }
      return candidates
    }
  }
}
