import ParaAdapters
import ParaDecoding
import ParaModel
import ParaTensors

/// A prompt after prefill: its KV cache, its adapter's vectors, and the candidates for its answers'
/// first tokens.
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

/// One worker's prefill.
public final class Prefiller {
  let engine: Engine
  private(set) var context: ForwardContext

  public init(_ engine: Engine) {
    self.engine = engine
    context = engine.makeForwardContext()
  }

  /// Prefills prompts as one packed batch, after the beginnings that they share. PARA's vectors are
  /// computed in `Decoder.prefillStates`, once per prompt, at the beginning of each layer.
  public func prefill(_ requests: [GenerationRequest]) -> [PrefilledPrompt] {
    guard !requests.isEmpty else { return [] }
    defer { releaseUnplannedScratch(requests) }
    return engine.withPermit { prefillPacked(requests) }
  }

  /// A prompt longer than the memory plan's longest has reserved the scratch of its prefill, and
  /// releases the reservation when it leaves; so its scratch must be freed too.
  private func releaseUnplannedScratch(_ requests: [GenerationRequest]) {
    let tokens = requests.reduce(0) { $0 + $1.tokens.count }
    if tokens > engine.plannedPrefillTokens {
      context = engine.makeForwardContext(parallel: context.parallel)
    }
  }

  private func prefillPacked(_ requests: [GenerationRequest]) -> [PrefilledPrompt] {
    let shared = sharedPrefixes(requests)
    let prompts = zip(requests, shared).map { request, shared in
      Decoder.Prompt(
        tokens: request.tokens, adapter: request.adapter.map(BoundAdapter.init),
        shared: shared.map { ($0.entry.cache, $0.length) })
    }
    let (caches, states) = engine.decoder.prefillStates(prompts, context)
    let searches = requests.map { request in
      Result { () throws(SearchError) in try SequenceSearch.searches(for: request) }
    }
    let lanes = searches.map { ((try? $0.get()) ?? []).map { (search: $0, lane: 0) } }
    let found = NextTokenCandidates(engine, context).candidates(states, lanes)
    return requests.indices.map { index in
      PrefilledPrompt(
        cache: caches[index], adapter: prompts[index].adapter,
        searches: (try? searches[index].get()) ?? [], reservation: requests[index].reservation,
        candidates: searches[index].flatMap { _ in found[index].joined() })
    }
  }
}
