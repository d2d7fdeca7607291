import ParaTensors

/// The last layer of a prefill, from where its caches are full: of each prompt only the last token
/// goes on, a row each, because what the others would become is read by no one.
struct LastTokenPlan: AttentionPlan {
  let segments: Segments
  let chunks: [Range<Int>]
  private let prefill: PrefillPlan

  init(_ prefill: PrefillPlan, _ decoder: Decoder) {
    segments = Segments(
      prefill.segments.list.enumerated().map {
        RowSegment(rows: $0.offset..<$0.offset + 1, adjustments: $0.element.adjustments)
      }, for: decoder.compute)
    chunks = segments.wholeSegments(upTo: Decoder.chunkRows)
    self.prefill = prefill
  }

  /// Nothing: PARA's vectors were made from all of a prompt's rows.
  func prepare(layer: Int, hidden: Matrix, _ pass: Pass) {}

  func attend(layer: Int, chunk: Range<Int>, _ rows: Attention.Rows, _ pass: Pass) {
    prefill.attendLast(layer: layer, prompts: chunk, rows, pass)
  }
}
