import ParaTensors

/// What differs between a prefill and a decoding step: where rows stand, and what they attend to.
protocol AttentionMetadata {
  var sequences: PackedSequences { get }

  /// Rows that go through a layer together, some `Decoder.blockRows`. All chunks are all rows, in
  /// order; a chunk may attend to those before it.
  var blocks: [Range<Int>] { get }

  /// Called with the states that enter a layer, before its input norm: where PARA makes its
  /// vectors.
  func prepare(layer: Int, hidden: Matrix, _ context: ForwardContext)

  /// Rotates a chunk's queries and keys, stores its keys and values, and attends.
  ///
  /// - Parameter rows: The chunk's projections.
  func attend(layer: Int, block: Range<Int>, _ rows: Attention.Rows, _ context: ForwardContext)
}
