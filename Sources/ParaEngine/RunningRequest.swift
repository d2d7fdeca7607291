import ParaAdapters
import ParaDecoding
import ParaModel

/// A request in a running batch: its searches and their lanes' caches.
struct RunningRequest<Tag> {
  let tag: Tag
  private(set) var step: StepRequest
  private var searches: [SequenceSearch]
  private let reservation: MemoryBudget.Reservation?

  var adapter: Adapter? { step.adapter?.adapter }
  /// Lanes that it occupies at most.
  var width: Int { step.generated.beams }

  init(_ prompt: PrefilledPrompt, tag: Tag, decoder: Decoder) {
    self.tag = tag
    searches = prompt.searches
    reservation = prompt.reservation
    let steps = prompt.searches.map(\.search.settings.maxNewTokens).max() ?? 0
    let start = StepRequest.Lane(token: 0, ancestry: [])
    step = StepRequest(
      prompt: prompt.cache,
      generated: decoder.makeGeneratedCache(beams: prompt.lanes, steps: steps),
      adapter: prompt.adapter, step: -1, lanes: prompt.searches.map { _ in start })
  }

  /// For each lane the search it belongs to and its place there, in the order of the step's lanes.
  var owners: [(search: SequenceSearch, lane: Int)] {
    searches.filter { !$0.search.isFinished }
      .flatMap { search in (0..<search.search.laneCount).map { (search, $0) } }
  }

  /// The answers, once all searches have ended.
  var hypotheses: [Hypothesis] { searches.flatMap(\.search.hypotheses) }

  /// Gives the searches the candidates of their lanes, in lane order; true when all have ended.
  mutating func advance(_ candidates: some Collection<[Candidate]>) throws(SearchError) -> Bool {
    step.step += 1
    let firstRow = step.step * width
    var remaining = candidates[...]
    var firstLane = 0
    var lanes: [StepRequest.Lane] = []
    for index in searches.indices where !searches[index].search.isFinished {
      let count = searches[index].search.laneCount
      let advance = try searches[index].advance(remaining.prefix(count))
      if case .continue(let continuations) = advance {
        for continuation in continuations {
          let past = step.lanes[firstLane + continuation.parent].ancestry
          lanes.append(
            .init(token: continuation.token, ancestry: past + [Int32(firstRow + lanes.count)]))
        }
      }
      remaining = remaining.dropFirst(count)
      firstLane += count
    }
    step.lanes = lanes
    return lanes.isEmpty
  }
}
