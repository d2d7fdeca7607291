import Tensors

/// What differs between a prefill and a decoding step: where rows stand, and what they attend to.
protocol AttentionPlan {
  var segments: Segments { get }

  /// Called with the states that enter a layer, before its input norm: where PARA makes its
  /// vectors.
  func prepare(layer: Int, hidden: Matrix, _ pass: Pass)

  /// Rotates the rows' queries and keys, stores keys and values, and attends.
  func attend(layer: Int, _ rows: Attention.Rows, _ pass: Pass)
}
