import Checkpoints
package import Tensors

extension Decoder {
  /// Runs one token for every lane of every request; the logits that follow, [lanes, vocabulary],
  /// lie in request and lane order and live in the workspace until the next pass.
  package func step(_ requests: [StepRequest], _ pass: Pass) -> Matrix {
    let tokens = requests.flatMap { $0.lanes.map(\.token) }
    let plan = StepPlan(requests, attention: attention, windows: configuration.windows)
    return logits(forward(tokens, plan, pass), pass)
  }
}
