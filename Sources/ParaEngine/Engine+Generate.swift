public import ParaDecoding

extension Engine {
  /// Answers requests on the calling thread, in the order given: for a look at a few prompts, and
  /// for tests.
  ///
  /// Throws the first `SearchError`.
  public func generate(_ requests: [GenerationRequest]) throws -> [[Hypothesis]] {
    let prefilled = Prefiller(self).prefill(requests)
    let batch = RunningBatch<Int>(self)
    var answers = [[Hypothesis]](repeating: [], count: requests.count)
    for (index, prompt) in prefilled.enumerated() { batch.join(prompt, tag: index) }
    repeat {
      for (index, result) in batch.step() { answers[index] = try result.get() }
    } while batch.laneCount > 0
    return answers
  }
}
