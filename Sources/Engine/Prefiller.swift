import Adapters
import Decoding
import Tensors
import Transformer

/// One worker's prefill.
public final class Prefiller {
  private let engine: Engine
  private let pass: Pass

  public init(_ engine: Engine) {
    self.engine = engine
    pass = engine.makePass()
  }

  /// Reads the prompts in one packed pass; PARA's vectors are made here, once a prompt and layer.
  public func prefill(_ requests: [GenerationRequest]) -> [PrefilledPrompt] {
    guard !requests.isEmpty else { return [] }
    return engine.takingTurns { prefillNow(requests) }
  }

  private func prefillNow(_ requests: [GenerationRequest]) -> [PrefilledPrompt] {
    let prompts = requests.map {
      Decoder.Prompt(tokens: $0.tokens, adjustments: $0.adapter.map(RequestAdjustments.init))
    }
    let (caches, states) = engine.decoder.prefillStates(prompts, pass)
    let searches = requests.map { request in
      Result { () throws(SearchError) in try SequenceSearch.searches(for: request) }
    }
    let lanes = searches.map { ((try? $0.get()) ?? []).map { (search: $0, lane: 0) } }
    let outcomes = LaneCandidates(decoder: engine.decoder, pass: pass).candidates(states, lanes)
    return requests.indices.map { index in
      PrefilledPrompt(
        cache: caches[index], adjustments: prompts[index].adjustments,
        searches: (try? searches[index].get()) ?? [],
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
