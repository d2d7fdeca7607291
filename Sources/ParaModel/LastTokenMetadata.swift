import ParaTensors

/// The last layer of a prefill, from where its caches are full: of each prompt only the last token
/// goes on, a row each, because what the others would become is read by no one.
struct LastTokenMetadata: AttentionMetadata {
  let sequences: PackedSequences
  let blocks: [Range<Int>]
  private let prefill: PrefillMetadata

  init(_ prefill: PrefillMetadata, _ decoder: Decoder) {
    sequences = PackedSequences(
      prefill.sequences.list.enumerated().map {
        PackedSequence(rows: $0.offset..<$0.offset + 1, adapter: $0.element.adapter)
      }, for: decoder.compute)
    blocks = sequences.wholeSegments(upTo: Decoder.blockRows)
    self.prefill = prefill
  }

  /// Nothing: PARA's vectors were made from all of a prompt's rows.
  func prepare(layer: Int, hidden: Matrix, _ context: ForwardContext) {}

  func attend(layer: Int, block: Range<Int>, _ rows: Attention.Rows, _ context: ForwardContext) {
    prefill.attendLast(layer: layer, prompts: block, rows, context)
  }
}
