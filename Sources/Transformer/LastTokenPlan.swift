import Checkpoints
import Tensors

/// The last layer of a prefill, from where its caches are full: of each prompt only the last token
/// goes on, a row each, because what the others would become is read by no one.
struct LastTokenPlan: AttentionPlan {
  let segments: Segments
  let chunks: [Range<Int>]
  private let caches: [PromptCache]
  private let decoder: Decoder
  private let longest: Int
  private let rotary: FloatBuffer

  init(_ prompts: [Decoder.Prompt], caches: [PromptCache], _ decoder: Decoder) {
    segments = Segments(
      prompts.enumerated().map {
        RowSegment(rows: $0.offset..<$0.offset + 1, adjustments: $0.element.adjustments)
      }, for: decoder.compute)
    chunks = segments.wholeSegments(upTo: Decoder.chunkRows)
    self.caches = caches
    self.decoder = decoder
    longest = caches.map(\.length).max() ?? 0
    rotary = decoder.rotary.table(through: longest)
  }

  /// Nothing: PARA's vectors were made from all of a prompt's rows.
  func prepare(layer: Int, hidden: Matrix, _ pass: Pass) {}

  func attend(layer: Int, chunk: Range<Int>, _ rows: Attention.Rows, _ pass: Pass) {
    let attention = decoder.attention
    let scratch = pass.matrix(
      .scores, pass.parallel.threads, attention.promptScratch(tokens: longest))
    let heads = attention.keyValueHeads
    pass.parallel.parts(chunk.count * heads, grain: 1) { thread, items in
      for item in items {
        let (row, head) = item.quotientAndRemainder(dividingBy: heads)
        let cache = caches[chunk.lowerBound + row]
        attention.prompt(
          rows.rows(row..<row + 1),
          Attention.PromptPart(
            positions: cache.length - 1..<cache.length, head: head,
            cache: cache.slice(layer: layer, head: head),
            window: decoder.configuration.windows[layer], rotary: rotary.base,
            scratch: scratch.row(thread)))
      }
    }
  }
}
