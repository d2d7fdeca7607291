package import ParaTensors

extension Decoder {
  /// Runs one token for every lane of every request; the states, ready for the head, lie in request
  /// and lane order and live in the arena until the next pass.
  package func stepStates(_ requests: [StepRequest], _ context: ForwardContext)
    -> QuantizedActivations
  {
    let metadata = DecodeMetadata(requests, self)
    let tokens = requests.flatMap { $0.lanes.map(\.token) }
    let hidden = embed(tokens, context)
    run(layers.indices, hidden, metadata, context)
    return finalStates(hidden, metadata.sequences, context)
  }

  /// The same as logits, [lanes, vocabulary].
  package func step(_ requests: [StepRequest], _ context: ForwardContext) -> Matrix {
    logits(stepStates(requests, context), context)
  }
}
