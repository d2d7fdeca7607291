import Adapters
import Checkpoints
import Tensors

/// Whole prompts, packed one after the other: every token attends to its own prompt up to itself,
/// as far back as the layer's window reaches.
struct PrefillPlan: AttentionPlan {
  let segments: Segments
  private let caches: [PromptCache]
  private let decoder: Decoder
  private let longest: Int
  private let rotary: FloatBuffer

  init(_ prompts: [Decoder.Prompt], caches: [PromptCache], _ decoder: Decoder) {
    var first = 0
    segments = Segments(
      prompts.map { prompt in
        defer { first += prompt.tokens.count }
        return RowSegment(
          rows: first..<first + prompt.tokens.count, adjustments: prompt.adjustments)
      }, for: decoder.compute)
    self.caches = caches
    self.decoder = decoder
    longest = caches.map(\.length).max() ?? 0
    rotary = decoder.rotary.table(through: longest)
  }

  /// Makes each prompt's vectors: its states are known here, before any row of the layer is scaled.
  func prepare(layer: Int, hidden: Matrix, _ pass: Pass) {
    guard segments.isAdjusted else { return }
    pass.parallel.ranges(segments.list.count, grain: 1) { range in
      for segment in segments.list[range] {
        segment.adjustments?.generate(layer: layer, from: hidden.rows(segment.rows))
      }
    }
  }

  func attend(layer: Int, _ rows: Attention.Rows, _ pass: Pass) {
    let attention = decoder.attention
    let scratch = pass.matrix(
      .scores, pass.parallel.threads, attention.promptScratch(tokens: longest))
    let heads = attention.keyValueHeads
    pass.parallel.parts(caches.count * heads, grain: 1) { thread, items in
      for item in items {
        let (prompt, head) = item.quotientAndRemainder(dividingBy: heads)
        attention.prompt(
          rows.rows(segments.list[prompt].rows), head: head,
          cache: caches[prompt].slice(layer: layer, head: head),
          window: decoder.configuration.windows[layer], rotary: rotary.base,
          scratch: scratch.row(thread))
      }
    }
  }
}
