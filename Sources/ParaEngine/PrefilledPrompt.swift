import ParaAdapters
import ParaDecoding
import ParaModel

/// A prompt that the model has read: its cache, its adapter's vectors, and the best first tokens of its answers.
public struct PrefilledPrompt: Sendable {
  let cache: PromptKVCache
  let adapter: BoundAdapter?
  let searches: [SequenceSearch]
  let reservation: MemoryBudget.Reservation?
  /// The first candidates of each search, or why there are none.
  let candidates: Result<[[Candidate]], SearchError>

  /// Lanes that the request occupies at most.
  public var lanes: Int { searches.reduce(0) { $0 + $1.search.settings.numBeams } }
}
