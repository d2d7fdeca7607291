import Adapters
import Checkpoints
import Tensors

/// Whole prompts, packed one after the other: every token attends to its own prompt up to itself,
/// as far back as the layer's window reaches.
struct PrefillPlan: AttentionPlan {
  let segments: Segments
  let chunks: [Range<Int>]
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
    let rows = first
    chunks = stride(from: 0, to: rows, by: Decoder.chunkRows).map {
      $0..<min($0 + Decoder.chunkRows, rows)
    }
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

  func attend(layer: Int, chunk: Range<Int>, _ rows: Attention.Rows, _ pass: Pass) {
    each(layer, chunk, rows, pass) { attention, rows, part in
      attention.store(rows, part)
      attention.prompt(rows, part)
    }
  }

  /// Only rotates a chunk's keys and stores them and the values.
  func store(layer: Int, chunk: Range<Int>, _ rows: Attention.Rows, _ pass: Pass) {
    each(layer, chunk, rows, pass) { attention, rows, part in attention.store(rows, part) }
  }

  private func each(
    _ layer: Int, _ chunk: Range<Int>, _ rows: Attention.Rows, _ pass: Pass,
    _ body: (Attention, Attention.Rows, Attention.PromptPart) -> Void
  ) {
    let attention = decoder.attention
    let scratch = pass.matrix(
      .scores, pass.parallel.threads, attention.promptScratch(tokens: longest))
    let heads = attention.keyValueHeads
    let prompts = segments.overlapping(chunk)
    pass.parallel.parts(prompts.count * heads, grain: 1) { thread, items in
      for item in items {
        let (index, head) = item.quotientAndRemainder(dividingBy: heads)
        let prompt = prompts.lowerBound + index
        let whole = segments.list[prompt].rows, own = whole.clamped(to: chunk)
        body(
          attention,
          rows.rows(own.lowerBound - chunk.lowerBound..<own.upperBound - chunk.lowerBound),
          Attention.PromptPart(
            positions: own.lowerBound - whole.lowerBound..<own.upperBound - whole.lowerBound,
            head: head, cache: caches[prompt].slice(layer: layer, head: head),
            window: decoder.configuration.windows[layer], rotary: rotary.base,
            scratch: scratch.row(thread)))
      }
    }
  }
}
