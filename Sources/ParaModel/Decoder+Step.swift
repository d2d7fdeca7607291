package import ParaTensors

extension Decoder {
  /// Runs one token for every lane of every request; the states, ready for the head, lie in request
  /// and lane order and live in the workspace until the next pass.
  package func stepStates(_ requests: [StepRequest], _ pass: Pass) -> PreparedRows {
    let plan = StepPlan(requests, self)
    let tokens = requests.flatMap { $0.lanes.map(\.token) }
    let hidden = embed(tokens, pass)
    run(layers.indices, hidden, plan, pass)
    return finalStates(hidden, plan.segments, pass)
  }

  /// The same as logits, [lanes, vocabulary].
  package func step(_ requests: [StepRequest], _ pass: Pass) -> Matrix {
    logits(stepStates(requests, pass), pass)
  }
}
