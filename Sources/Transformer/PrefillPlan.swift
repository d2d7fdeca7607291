import Adapters
import Tensors

/// Whole prompts, packed one after the other: every token attends to its own prompt up to itself,
/// as far back as the layer's window reaches.
struct PrefillPlan: AttentionPlan {
  let segments: [RowSegment]
  let positions: [Int]
  private let caches: [PromptCache]
  private let attention: Attention
  private let windows: [Int]
  /// Each row's place: its segment.
  private let segmentOfRow: [Int]

  init(_ prompts: [Decoder.Prompt], caches: [PromptCache], attention: Attention, windows: [Int]) {
    var first = 0
    segments = prompts.map { prompt in
      defer { first += prompt.tokens.count }
      return RowSegment(rows: first..<first + prompt.tokens.count, adjustments: prompt.adjustments)
    }
    positions = prompts.flatMap { $0.tokens.indices }
    segmentOfRow = segments.enumerated().flatMap { index, segment in segment.rows.map { _ in index }
    }
    self.caches = caches
    self.attention = attention
    self.windows = windows
  }

  /// Makes each prompt's vectors: its states are known here, before any row of the layer is scaled.
  func prepare(layer: Int, hidden: Matrix) {
    for segment in segments {
      segment.adjustments?.generate(layer: layer, from: hidden.rows(segment.rows))
    }
  }

  func attend(
    layer: Int, query: Matrix, keys: Matrix, values: Matrix, into out: Matrix, _ pass: Pass
  ) {
    for (cache, segment) in zip(caches, segments) {
      cache.store(layer: layer, keys: keys.rows(segment.rows), values: values.rows(segment.rows))
    }
    let longest = caches.map(\.length).max() ?? 0
    let scores = pass.matrix(
      .scores, pass.parallel.threads, attention.scratchCount(positions: longest))
    pass.parallel.parts(query.rows, grain: 16) { part, rows in
      for row in rows {
        let position = positions[row]
        let visible = max(0, position + 1 - windows[layer])..<position + 1
        let run = caches[segmentOfRow[row]].run(layer: layer, positions: visible)
        attention.apply(
          query: query.row(row), runs: [run], scratch: scores.row(part), into: out.row(row))
      }
    }
  }
}
