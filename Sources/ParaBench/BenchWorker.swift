import ParaDecoding
import ParaEngine

/// One batch of a workload: prefills its share of a wave, then decodes it.
final class BenchWorker: @unchecked Sendable {  // used by one thread at a time
  private let prefiller: Prefiller
  private let batch: RunningBatch<Int>
  private var prefilled: [PrefilledPrompt] = []
  private(set) var failure: SearchError?

  /// As many tokens as a job prefills in one pass.
  private static let tokensOfAPass = 8192

  init(_ engine: Engine) {
    prefiller = Prefiller(engine)
    batch = RunningBatch(engine)
  }

  func prefill(_ requests: [GenerationRequest]) {
    guard let length = requests.first?.tokens.count else { return }
    let ofAPass = max(1, Self.tokensOfAPass / length)
    for first in stride(from: 0, to: requests.count, by: ofAPass) {
      prefilled += prefiller.prefill(Array(requests[first...].prefix(ofAPass)))
    }
  }

  func decode() {
    for prompt in prefilled { batch.join(prompt, tag: 0) }
    prefilled = []
    repeat {
      for (_, result) in batch.step() {
        if case .failure(let error) = result { failure = error }
      }
    } while batch.laneCount > 0
  }
}
