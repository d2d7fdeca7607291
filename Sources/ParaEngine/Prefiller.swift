import ParaAdapters
import ParaDecoding
import ParaModel
import ParaTensors

/// One worker's prefill.
public final class Prefiller {
  private let engine: Engine
  private var context: ForwardContext

  public init(_ engine: Engine) {
    self.engine = engine
    context = engine.makeForwardContext()
  }

  /// Reads the prompts in one packed pass; PARA's vectors are made here, once a prompt and layer.
  public func prefill(_ requests: [GenerationRequest]) -> [PrefilledPrompt] {
    guard !requests.isEmpty else { return [] }
    defer { releaseUnplannedScratch(requests) }
    return engine.takingTurns { prefillNow(requests) }
  }

  /// A prompt longer than any that was planned for has reserved its pass' scratch itself, and gives
  /// it back when it leaves; so the scratch must not stay.
  private func releaseUnplannedScratch(_ requests: [GenerationRequest]) {
    let tokens = requests.reduce(0) { $0 + $1.tokens.count }
    if tokens > engine.memory.passTokens {
      context = engine.makeForwardContext(parallel: context.parallel)
    }
  }

  private func prefillNow(_ requests: [GenerationRequest]) -> [PrefilledPrompt] {
    let prompts = requests.map {
      Decoder.Prompt(tokens: $0.tokens, adapter: $0.adapter.map(BoundAdapter.init))
    }
    let (caches, states) = engine.decoder.prefillStates(prompts, context)
    let searches = requests.map { request in
      Result { () throws(SearchError) in try SequenceSearch.searches(for: request) }
    }
    let lanes = searches.map { ((try? $0.get()) ?? []).map { (search: $0, lane: 0) } }
    let outcomes = LaneCandidates(decoder: engine.decoder, context: context).candidates(
      states, lanes)
    return requests.indices.map { index in
      PrefilledPrompt(
        cache: caches[index], adapter: prompts[index].adapter,
        searches: (try? searches[index].get()) ?? [], reservation: requests[index].reservation,
        candidates: searches[index].flatMap { _ in outcomes[index].joined() })
    }
  }
}

extension Collection where Element == LaneCandidates.Outcome {
  /// All lanes' candidates, or the first error of a lane.
  func joined() -> Result<[[Candidate]], SearchError> {
    Result { () throws(SearchError) in
      var candidates: [[Candidate]] = []
      for lane in self { candidates.append(try lane.get()) }
      return candidates
    }
  }
}
