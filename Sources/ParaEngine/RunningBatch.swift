import ParaAdapters
public import ParaDecoding
import ParaModel
import ParaTensors

/// One worker's running batch, continuously batched: prefilled requests join and finished ones leave
/// between any two decode steps.
///
/// Each request carries a tag, which its completion returns.
public final class RunningBatch<Tag> {
  /// A request's end: its hypotheses, best first, or why its search could not continue.
  public typealias Completion = (tag: Tag, result: Result<[Hypothesis], SearchError>)

  private let engine: Engine
  private let context: ForwardContext
  private var requests: [RunningRequest<Tag>] = []
  private var completed: [Completion] = []

  public init(_ engine: Engine) {
    self.engine = engine
    context = engine.makeForwardContext()
  }

  /// Lanes that the running requests occupy at most; fewer run once a search has dropped some.
  public var reservedLanes: Int { requests.reduce(0) { $0 + $1.maximumLanes } }

  public var requestCount: Int { requests.count }

  /// Whether the request fits beside the running ones; an empty batch takes any.
  public func hasRoom(for prompt: PrefilledPrompt) -> Bool {
    requests.isEmpty || reservedLanes + prompt.lanes <= engine.options.maximumLanes
  }

  /// Adds a request next to those of the same adapter, so that their low-rank products run as one.
  public func join(_ prompt: PrefilledPrompt, tag: Tag) {
    var request = RunningRequest(prompt, tag: tag, decoder: engine.decoder)
    guard !complete(&request, with: prompt.candidates) else { return }
    let neighbour = requests.lastIndex { $0.adapter === request.adapter }
    requests.insert(request, at: neighbour.map { $0 + 1 } ?? requests.endIndex)
  }

  /// Runs one decode step over all lanes and returns the requests that have ended since the last
  /// call. Does nothing but the latter without running lanes.
  public func step() -> [Completion] {
    if !requests.isEmpty { engine.withPermit { decode() } }
    defer { completed.removeAll() }
    return completed
  }

  private func decode() {
    let states = engine.decoder.stepStates(requests.map { $0.step }, context)
    let lanes = requests.flatMap { $0.lanes }.map { [$0] }
    let candidates = NextTokenCandidates(engine, context).candidates(states, lanes)
    var first = 0
    var ended: [Int] = []
    for index in requests.indices {
      let own = first..<first + requests[index].step.lanes.count
      first = own.upperBound
      if complete(&requests[index], with: candidates[own].lazy.flatMap(\.self).joined()) {
        ended.append(index)
      }
    }
    for index in ended.reversed() { requests.remove(at: index) }
  }

  /// Advances a request; when its searches have ended, records its completion and returns true.
  private func complete(
    _ request: inout RunningRequest<Tag>, with candidates: Result<[[Candidate]], SearchError>
  ) -> Bool {
    do throws(SearchError) {
      guard try request.advance(candidates.get()) else { return false }
      completed.append((request.tag, .success(request.hypotheses)))
    } catch {
      completed.append((request.tag, .failure(error)))
    }
    return true
  }
}

/// A request in a running batch: its searches and its next decode step.
private struct RunningRequest<Tag> {
  let tag: Tag
  private(set) var step: StepRequest
  private var searches: [SequenceSearch]
  private let reservation: MemoryBudget.Reservation?

  var adapter: Adapter? { step.adapter?.adapter }
  /// Lanes that it occupies at most.
  var maximumLanes: Int { step.generated.beams }

  init(_ prompt: PrefilledPrompt, tag: Tag, decoder: Decoder) {
    self.tag = tag
    searches = prompt.searches
    reservation = prompt.reservation
    let steps = prompt.searches.map(\.search.settings.maxNewTokens).max() ?? 0
    // Before its first step a request has one lane a search, without tokens: `join` advances it with
    // the prefill's candidates at once, which makes it step 0 with the first tokens.
    let start = StepRequest.Lane(token: 0, backPointers: [])
    step = StepRequest(
      prompt: prompt.cache,
      generated: decoder.makeGeneratedCache(beams: prompt.lanes, steps: steps),
      adapter: prompt.adapter, step: -1, lanes: prompt.searches.map { _ in start })
  }

  /// The search and the lane within it of each of the step's lanes, in their order.
  var lanes: [SequenceSearch.Lane] {
    searches.filter { !$0.search.isFinished }
      .flatMap { search in (0..<search.search.laneCount).map { (search, $0) } }
  }

  /// The answers, once all searches have ended.
  var hypotheses: [Hypothesis] { searches.flatMap(\.search.hypotheses) }

  /// Passes the lanes' candidates, in lane order, to their searches; true when all have ended.
  ///
  /// A lane's KV cache is never copied when beams are reordered: each lane keeps the list of cache
  /// rows that its tokens were written to, its back-pointers resolved.
  mutating func advance(_ candidates: some Collection<[Candidate]>) throws(SearchError) -> Bool {
    step.step += 1
    let firstRow = step.step * maximumLanes
    var remaining = candidates[...]
    var firstLane = 0
    var next: [StepRequest.Lane] = []
    for index in searches.indices where !searches[index].search.isFinished {
      let count = searches[index].search.laneCount
      let advance = try searches[index].advance(remaining.prefix(count))
      if case .continue(let continuations) = advance {
        for continuation in continuations {
          let past = step.lanes[firstLane + continuation.parent].backPointers
          next.append(
            .init(token: continuation.token, backPointers: past + [Int32(firstRow + next.count)]))
        }
      }
      remaining = remaining.dropFirst(count)
      firstLane += count
    }
    step.lanes = next
    return next.isEmpty
  }
}
