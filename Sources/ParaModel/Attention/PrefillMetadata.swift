import ParaCheckpoints
import ParaTensors

/// Attention of whole prompts, packed one after the other: every token attends to its own prompt up
/// to itself, as far back as the layer's window reaches. Of a prompt with a shared beginning only the
/// tokens after that have rows; the cache holds the others.
struct PrefillMetadata: AttentionMetadata {
  let sequences: PackedSequences
  let blocks: [Range<Int>]
  fileprivate let heads: PromptHeads

  init(_ prompts: [Decoder.Prompt], caches: [PromptKVCache], _ decoder: Decoder) {
    sequences = PackedSequences(
      counts: prompts.map(\.ownTokens.count), adapters: prompts.map(\.adapter),
      for: decoder.compute)
    let rows = sequences.rows
    blocks = stride(from: 0, to: rows, by: RowBlock.size).map {
      $0..<min($0 + RowBlock.size, rows)
    }
    heads = PromptHeads(caches, decoder)
  }

  func attend(_ block: RowBlock, _ rows: Attention.Rows) {
    forEachHead(block, rows) { attention, rows, part in
      attention.store(rows, part)
      attention.prefill(rows, part)
    }
  }

  /// Rotates a block's keys, and stores them and its values.
  func store(_ block: RowBlock, _ rows: Attention.Rows) {
    forEachHead(block, rows) { attention, rows, part in attention.store(rows, part) }
  }

  private func forEachHead(
    _ block: RowBlock, _ rows: Attention.Rows, _ body: PromptHeads.Body
  ) {
    let first = block.rows.lowerBound
    heads.forEach(block, of: sequences.overlapping(block.rows), body) { prompt in
      let whole = sequences.list[prompt].rows, own = whole.clamped(to: block.rows)
      // A row's position in its prompt, less its row.
      let offset = heads.length(prompt) - whole.upperBound
      return (
        rows.rows(own.lowerBound - first..<own.upperBound - first),
        own.lowerBound + offset..<own.upperBound + offset
      )
    }
  }
}

/// Attention in the last layer of a prefill, behind `Decoder.fillCache`: of each prompt only the
/// last token, a row each.
struct LastTokenMetadata: AttentionMetadata {
  let sequences: PackedSequences
  let blocks: [Range<Int>]
  private let heads: PromptHeads

  init(_ prefill: PrefillMetadata, _ decoder: Decoder) {
    sequences = PackedSequences(
      counts: prefill.sequences.list.map { _ in 1 },
      adapters: prefill.sequences.list.map(\.adapter), for: decoder.compute)
    blocks = sequences.wholeSequences(upTo: RowBlock.size)
    heads = prefill.heads
  }

  var projections: [Projection] { [.query] }

  func attend(_ block: RowBlock, _ rows: Attention.Rows) {
    let first = block.rows.lowerBound
    heads.forEach(block, of: block.rows) { attention, rows, part in
      attention.prefill(rows, part)
    } place: { prompt in
      let length = heads.length(prompt)
      return (rows.rows(prompt - first..<prompt - first + 1), length - 1..<length)
    }
  }
}

/// The prompts' key/value heads, which are divided over the threads.
private struct PromptHeads {
  typealias Body = (Attention, Attention.Rows, Attention.PromptHead) -> Void

  private let caches: [PromptKVCache]
  private let attention: Attention
  private let windows: [Int]
  private let rotary: RotaryTables.Angles
  private let longest: Int

  init(_ caches: [PromptKVCache], _ decoder: Decoder) {
    self.caches = caches
    attention = decoder.attention
    windows = decoder.configuration.windows
    longest = caches.map(\.length).max() ?? 0
    rotary = decoder.rotary.angles(through: longest)
  }

  func length(_ prompt: Int) -> Int { caches[prompt].length }

  /// - Parameter place: A prompt's rows in the block, and their positions in the prompt.
  func forEach(
    _ block: RowBlock, of prompts: Range<Int>, _ body: Body,
    place: (_ prompt: Int) -> (rows: Attention.Rows, positions: Range<Int>)
  ) {
    let (layer, parallel) = (block.layer, block.pass.parallel)
    let scratch = block.pass.matrix(
      .scores, parallel.threads, attention.prefillScratch(tokens: longest))
    let heads = attention.keyValueHeads
    parallel.parts(prompts.count * heads, grain: 1) { thread, items in
      for item in items {
        let (index, head) = item.quotientAndRemainder(dividingBy: heads)
        let prompt = prompts.lowerBound + index
        let (rows, positions) = place(prompt)
        body(
          attention, rows,
          Attention.PromptHead(
            positions: positions, head: head,
            cache: caches[prompt].view(layer: layer, head: head), window: windows[layer],
            rotary: rotary[layer], scratch: scratch.row(thread)))
      }
    }
  }
}
