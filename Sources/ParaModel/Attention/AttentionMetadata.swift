import ParaTensors

/// Where the rows of a packed batch stand and what they attend to: what differs between a prefill, a
/// prefill's last layer and a decoding step.
protocol AttentionMetadata {
  var sequences: PackedSequences { get }

  /// The rows cut into blocks, in order; a block may attend to those before it.
  var blocks: [Range<Int>] { get }

  /// What attention needs of each row: queries, keys and values, or queries alone where the cache
  /// holds keys and values already.
  var projections: [Projection] { get }

  /// Rotates a block's queries and keys, stores its keys and values in the KV cache, and attends.
  func attend(_ block: RowBlock, _ rows: Attention.Rows)
}

extension AttentionMetadata {
  var projections: [Projection] { [.query, .key, .value] }

  func rowBlocks(_ layer: Int, _ pass: ForwardPass) -> [RowBlock] {
    blocks.map { RowBlock(rows: $0, layer: layer, sequences: sequences, pass: pass) }
  }
}
