import Tensors

/// What differs between a prefill and a decoding step: where rows stand, and what they attend to.
protocol AttentionPlan {
  /// One segment a request, in row order, covering every row.
  var segments: [RowSegment] { get }
  /// The position of every row in its sequence.
  var positions: [Int] { get }

  /// Called with the states that enter a layer, before its input norm: where PARA makes its
  /// vectors.
  func prepare(layer: Int, hidden: Matrix)

  /// Stores the rows' keys and values, [rows, keyValueSize], and attends: out is [rows, querySize].
  func attend(
    layer: Int, query: Matrix, keys: Matrix, values: Matrix, into out: Matrix, _ pass: Pass)
}
