public import ParaDecoding
import ParaModel
import ParaTensors

/// One worker's running set of lanes: prefilled requests join and finished ones leave at any step.
///
/// A request carries a tag through, by which its answer is known.
public final class RunningBatch<Tag> {
  /// A request's end: its hypotheses, best first, or why its search could not go on.
  public typealias Completion = (tag: Tag, result: Result<[Hypothesis], SearchError>)

  private let engine: Engine
  private let context: ForwardContext
  private var requests: [RunningRequest<Tag>] = []
  private var completed: [Completion] = []

  public init(_ engine: Engine) {
    self.engine = engine
    context = engine.makeForwardContext()
  }

  /// Lanes that the running requests occupy at most.
  public var laneCount: Int { requests.reduce(0) { $0 + $1.width } }

  public var requestCount: Int { requests.count }

  /// True if the request fits beside those that run; an empty batch takes any.
  public func hasRoom(for prompt: PrefilledPrompt) -> Bool {
    requests.isEmpty || laneCount + prompt.lanes <= engine.options.maximumLanes
  }

  /// Adds a request next to those of the same adapter, so that its low-rank products run as one.
  public func join(_ prompt: PrefilledPrompt, tag: Tag) {
    var request = RunningRequest(prompt, tag: tag, decoder: engine.decoder)
    guard !end(&request, with: prompt.candidates) else { return }
    let neighbour = requests.lastIndex { $0.adapter === request.adapter }
    requests.insert(request, at: neighbour.map { $0 + 1 } ?? requests.endIndex)
  }

  /// Runs the model once over all lanes and returns the requests that have ended since the last call. Without
  /// running lanes it only returns.
  public func step() -> [Completion] {
    if !requests.isEmpty { engine.takingTurns { advance() } }
    defer { completed.removeAll() }
    return completed
  }

  private func advance() {
    let states = engine.decoder.stepStates(requests.map { $0.step }, context)
    let lanes = requests.flatMap { $0.owners }.map { [$0] }
    let candidates = LaneCandidates(decoder: engine.decoder, context: context).candidates(
      states, lanes)
    var first = 0
    var ended: [Int] = []
    for index in requests.indices {
      let lanes = first..<first + requests[index].step.lanes.count
      first = lanes.upperBound
      if end(&requests[index], with: candidates[lanes].lazy.flatMap(\.self).joined()) {
        ended.append(index)
      }
    }
    for index in ended.reversed() { requests.remove(at: index) }
  }

  /// Advances a request; when its searches have ended, files its answer and returns true.
  private func end(
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
