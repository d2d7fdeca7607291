import ParaDecoding
import ParaModel
import ParaTensors

/// The next candidates of lanes, from the states that the model ended with.
struct LaneCandidates {
  typealias Lane = (search: SequenceSearch, lane: Int)
  typealias Outcome = Result<[Candidate], SearchError>

  let decoder: Decoder
  let context: ForwardContext

  /// - Parameter lanes: For each of the states the lanes that go on from it, one or more of the same
  ///   request.
  /// - Returns: The candidates of each lane, in the same order.
  func candidates(_ states: QuantizedActivations, _ lanes: [[Lane]]) -> [[Outcome]] {
    let vocabulary = decoder.vocabularySize
    let needs = lanes.map { $0.map { $0.search.need(lane: $0.lane, vocabulary: vocabulary) } }
    var outcomes = lanes.map { $0.map { _ in Outcome.success([]) } }
    fromWholeRows(states, lanes, needs, into: &outcomes)
    fromReducedRows(states, lanes, needs, into: &outcomes)
    return outcomes
  }

  private func fromReducedRows(
    _ states: QuantizedActivations, _ lanes: [[Lane]], _ needs: [[SequenceSearch.Need]],
    into outcomes: inout [[Outcome]]
  ) {
    let queries = needs.map(Self.joined)
    guard queries.contains(where: { $0.count > 0 || !$0.apart.isEmpty }) else { return }
    let answers = decoder.answers(states, queries, context)
    for row in lanes.indices {
      for (index, need) in needs[row].enumerated() {
        guard case .reduced(_, let edits) = need else { continue }
        let (search, lane) = lanes[row][index]
        outcomes[row][index] = .success(
          search.candidates(answers[row], queries[row], edits, lane: lane))
      }
    }
  }

  /// One query that answers all needs of a row.
  private static func joined(_ needs: [SequenceSearch.Need]) -> VocabularyHead.Query {
    var query = VocabularyHead.Query(count: 0)
    for need in needs {
      guard case .reduced(let own, _) = need else { continue }
      query.count = max(query.count, own.count)
      query.apart = needs.count == 1 ? own.apart : Set(query.apart + own.apart).sorted()
    }
    return query
  }

  private func fromWholeRows(
    _ states: QuantizedActivations, _ lanes: [[Lane]], _ needs: [[SequenceSearch.Need]],
    into outcomes: inout [[Outcome]]
  ) {
    for first in stride(from: 0, to: lanes.count, by: ModelFootprint.wholeRows) {
      let rows = first..<min(first + ModelFootprint.wholeRows, lanes.count)
      guard needs[rows].contains(where: { $0.contains(where: \.isWholeRow) }) else { continue }
      let logits = decoder.logits(states, rows: rows, context)
      for row in rows {
        let numbers = logits.row(row - first)
        let kept =
          lanes[row].count > 1
          ? UnsafeBufferPointer(start: numbers, count: logits.columns).map(\.self) : []
        for (index, need) in needs[row].enumerated() {
          guard case .wholeRow(let edits) = need else { continue }
          if index > 0 { numbers.update(from: kept, count: kept.count) }
          let (search, lane) = lanes[row][index]
          outcomes[row][index] = Result { () throws(SearchError) in
            try search.candidates(numbers, vocabulary: logits.columns, edits, lane: lane)
          }
        }
      }
    }
  }
}

extension SequenceSearch.Need {
  fileprivate var isWholeRow: Bool {
    if case .wholeRow = self { true } else { false }
  }
}
