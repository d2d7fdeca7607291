import ParaCheckpoints
import ParaTensors

/// Whole prompts, packed one after the other: every token attends to its own prompt up to itself,
/// as far back as the layer's window reaches.
struct PrefillMetadata: AttentionMetadata {
  let sequences: PackedSequences
  let blocks: [Range<Int>]
  private let caches: [PromptKVCache]
  private let decoder: Decoder
  private let longest: Int
  private let rotary: RotaryTables.Angles

  init(_ prompts: [Decoder.Prompt], caches: [PromptKVCache], _ decoder: Decoder) {
    var first = 0
    sequences = PackedSequences(
      prompts.map { prompt in
        defer { first += prompt.tokens.count }
        return PackedSequence(
          rows: first..<first + prompt.tokens.count, adapter: prompt.adapter)
      }, for: decoder.compute)
    let rows = first
    blocks = stride(from: 0, to: rows, by: Decoder.blockRows).map {
      $0..<min($0 + Decoder.blockRows, rows)
    }
    self.caches = caches
    self.decoder = decoder
    longest = caches.map(\.length).max() ?? 0
    rotary = decoder.rotary.angles(through: longest)
  }

  /// Makes each prompt's vectors: its states are known here, before any row of the layer is scaled.
  func prepare(layer: Int, hidden: Matrix, _ context: ForwardContext) {
    guard sequences.isAdjusted else { return }
    context.parallel.ranges(sequences.list.count, grain: 1) { range in
      for sequence in sequences.list[range] {
        sequence.adapter?.generateVectors(layer: layer, from: hidden.rows(sequence.rows))
      }
    }
  }

  func attend(layer: Int, block: Range<Int>, _ rows: Attention.Rows, _ context: ForwardContext) {
    each(layer, block, rows, context) { attention, rows, part in
      attention.store(rows, part)
      attention.prefill(rows, part)
    }
  }

  /// Only rotates a chunk's keys and stores them and the values.
  func store(layer: Int, block: Range<Int>, _ rows: Attention.Rows, _ context: ForwardContext) {
    each(layer, block, rows, context) { attention, rows, part in attention.store(rows, part) }
  }

  /// Attends from the last tokens of some prompts, a row each, whose caches are full.
  func attendLast(
    layer: Int, prompts: Range<Int>, _ rows: Attention.Rows, _ context: ForwardContext
  ) {
    each(layer, prompts, context) { prompt in
      let (row, length) = (prompt - prompts.lowerBound, caches[prompt].length)
      return (rows.rows(row..<row + 1), length - 1..<length)
    } body: {
      $0.prefill($1, $2)
    }
  }

  private typealias Body = (Attention, Attention.Rows, Attention.PromptHead) -> Void

  private func each(
    _ layer: Int, _ block: Range<Int>, _ rows: Attention.Rows, _ context: ForwardContext, body: Body
  ) {
    each(
      layer, sequences.overlapping(block), context,
      place: { prompt in
        let whole = sequences.list[prompt].rows, own = whole.clamped(to: block)
        return (
          rows.rows(own.lowerBound - block.lowerBound..<own.upperBound - block.lowerBound),
          own.lowerBound - whole.lowerBound..<own.upperBound - whole.lowerBound
        )
      }, body: body)
  }

  /// Every key/value head of some prompts.
  ///
  /// - Parameter place: A prompt's rows and their positions in it.
  private func each(
    _ layer: Int, _ prompts: Range<Int>, _ context: ForwardContext,
    place: (Int) -> (rows: Attention.Rows, positions: Range<Int>), body: Body
  ) {
    let attention = decoder.attention
    let scratch = context.matrix(
      .scores, context.parallel.threads, attention.prefillScratch(tokens: longest))
    let heads = attention.keyValueHeads
    context.parallel.parts(prompts.count * heads, grain: 1) { thread, items in
      for item in items {
        let (index, head) = item.quotientAndRemainder(dividingBy: heads)
        let prompt = prompts.lowerBound + index
        let (rows, positions) = place(prompt)
        body(
          attention, rows,
          Attention.PromptHead(
            positions: positions, head: head,
            cache: caches[prompt].slice(layer: layer, head: head),
            window: decoder.configuration.windows[layer], rotary: rotary[layer],
            scratch: scratch.row(thread)))
      }
    }
  }
}
