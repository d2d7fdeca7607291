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
    let prompts = requests.map {
      Decoder.Prompt(tokens: $0.tokens, adjustments: $0.adapter.map(RequestAdjustments.init))
    }
    let (caches, logits) = engine.decoder.prefill(prompts, pass)
    return requests.indices.map { index in
      let started = start(requests[index], logits.rows(index..<index + 1))
      return PrefilledPrompt(
        cache: caches[index], adjustments: prompts[index].adjustments,
        searches: (try? started.get())?.searches ?? [], candidates: started.map(\.candidates))
    }
  }

  private typealias Start = (searches: [SequenceSearch], candidates: [[Candidate]])

  /// A request's searches with their first candidates. All start from the same logits, so each edits a copy.
  private func start(_ request: GenerationRequest, _ logits: Matrix) -> Result<Start, SearchError> {
    Result { () throws(SearchError) in
      let searches = try SequenceSearch.searches(for: request)
      var candidates: [[Candidate]] = []
      for search in searches {
        let copy = pass.workspace.matrix(Slot.logits, rows: 1, columns: logits.columns)
        copy.base.update(from: logits.base, count: logits.columns)
        candidates.append(
          try search.candidates(copy.base, vocabulary: logits.columns, lane: 0))
      }
      return (searches, candidates)
    }
  }

  /// Below 0, where it meets no matrix of a pass.
  private enum Slot: Int { case logits = -1 }
}
