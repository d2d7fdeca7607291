import ParaAdapters
import ParaCheckpoints
import ParaTensors

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

  /// Attends from the last tokens of some prompts, a row each, whose caches are full.
  func attendLast(layer: Int, prompts: Range<Int>, _ rows: Attention.Rows, _ pass: Pass) {
    each(layer, prompts, pass) { prompt in
      let (row, length) = (prompt - prompts.lowerBound, caches[prompt].length)
      return (rows.rows(row..<row + 1), length - 1..<length)
    } body: {
      $0.prompt($1, $2)
    }
  }

  private typealias Body = (Attention, Attention.Rows, Attention.PromptPart) -> Void

  private func each(
    _ layer: Int, _ chunk: Range<Int>, _ rows: Attention.Rows, _ pass: Pass, body: Body
  ) {
    each(
      layer, segments.overlapping(chunk), pass,
      place: { prompt in
        let whole = segments.list[prompt].rows, own = whole.clamped(to: chunk)
        return (
          rows.rows(own.lowerBound - chunk.lowerBound..<own.upperBound - chunk.lowerBound),
          own.lowerBound - whole.lowerBound..<own.upperBound - whole.lowerBound
        )
      }, body: body)
  }

  /// Every key/value head of some prompts.
  ///
  /// - Parameter place: A prompt's rows and their positions in it.
  private func each(
    _ layer: Int, _ prompts: Range<Int>, _ pass: Pass,
    place: (Int) -> (rows: Attention.Rows, positions: Range<Int>), body: Body
  ) {
    let attention = decoder.attention
    let scratch = pass.matrix(
      .scores, pass.parallel.threads, attention.promptScratch(tokens: longest))
    let heads = attention.keyValueHeads
    pass.parallel.parts(prompts.count * heads, grain: 1) { thread, items in
      for item in items {
        let (index, head) = item.quotientAndRemainder(dividingBy: heads)
        let prompt = prompts.lowerBound + index
        let (rows, positions) = place(prompt)
        body(
          attention, rows,
          Attention.PromptPart(
            positions: positions, head: head,
            cache: caches[prompt].slice(layer: layer, head: head),
            window: decoder.configuration.windows[layer], rotary: rotary.base,
            scratch: scratch.row(thread)))
      }
    }
  }
}
