internal import CParaKernels

/// Softmax attention over cached keys and values, with grouped-query heads.
package struct Attention: Sendable {
  package let heads: Int
  package let keyValueHeads: Int
  package let headSize: Int
  /// What query · key is multiplied by.
  package let scale: Float
  /// Bounds the scaled scores softly, as cap · tanh(score / cap); infinite for no bound.
  package let cap: Float
  /// The numbers in which keys and values are cached.
  package let cache: KVCacheType

  /// Without a scale it is 1/√headSize.
  package init(
    heads: Int, keyValueHeads: Int, headSize: Int, scale: Float? = nil, cap: Float = .infinity,
    cache: KVCacheType = .float32
  ) {
    precondition(keyValueHeads > 0 && heads % keyValueHeads == 0 && headSize % 2 == 0)
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headSize = headSize
    self.scale = scale ?? 1 / Float(headSize).squareRoot()
    self.cap = cap
    self.cache = cache
  }

  /// Query heads that share a key/value head.
  package var group: Int { heads / keyValueHeads }

  /// New rows' projections: query and out [rows, heads × headSize], key and value
  /// [rows, keyValueHeads × headSize].
  package struct Rows {
    package var query: Matrix
    package var key: Matrix
    package var value: Matrix
    package var out: Matrix

    package init(query: Matrix, key: Matrix, value: Matrix, out: Matrix) {
      self.query = query
      self.key = key
      self.value = value
      self.out = out
    }

    package func rows(_ range: Range<Int>) -> Rows {
      Rows(
        query: query.rows(range), key: key.rows(range), value: value.rows(range),
        out: out.rows(range))
    }
  }

  /// Numbers of scratch for a prompt of so many tokens.
  package func prefillScratch(tokens: Int) -> Int {
    scratch(rows: group * max(1, 32 / group), width: KVCacheType.paddedToPanels(tokens))
  }

  /// Numbers of scratch for a step of so many lanes over a prompt and a generated past.
  package func decodeScratch(lanes: Int, prompt: Int, past: Int) -> Int {
    scratch(
      rows: lanes * group,
      width: KVCacheType.paddedToPanels(prompt) + KVCacheType.paddedToPanels(past))
  }

  /// Queries, sums and scores of some rows; what the bytes of an int8 cache are multiplied with and
  /// their whole sums.
  private func scratch(rows: Int, width: Int) -> Int {
    let columns = KVCacheType.paddedToPanels(headSize) + width
    return rows * (headSize + columns + (cache == .int8 ? 68 + 4 * columns : 0))
  }

  /// One key/value head of some of a prompt's positions, those before being in the cache.
  package struct PromptHead {
    package var positions: Range<Int>
    package var head: Int
    package var cache: PromptKVView
    package var window: Int
    package var rotary: UnsafePointer<Float>
    package var scratch: UnsafeMutablePointer<Float>

    package init(
      positions: Range<Int>, head: Int, cache: PromptKVView, window: Int,
      rotary: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>
    ) {
      self.positions = positions
      self.head = head
      self.cache = cache
      self.window = window
      self.rotary = rotary
      self.scratch = scratch
    }
  }

  /// Rotates keys, and writes them and values into the cache.
  package func store(_ rows: Rows, _ part: PromptHead) {
    run(Kernels.current.storePrompt, rows, part)
  }

  /// Attends causally from positions that the cache holds.
  package func prefill(_ rows: Rows, _ part: PromptHead) {
    run(Kernels.current.attendPrompt, rows, part)
  }

  private typealias PromptKernel =
    @convention(c) (
      UnsafePointer<para_attention>?, UnsafePointer<para_prompt_cache>?,
      UnsafePointer<para_attention_rows>?, Int, Int
    ) -> Void

  private func run(_ kernel: PromptKernel, _ rows: Rows, _ part: PromptHead) {
    var settings = kernelSettings(window: part.window, part.rotary, part.scratch)
    var kernelCache = part.cache.kernelCache(after: nil)
    var kernelRows = kernelRows(rows, head: part.head)
    kernel(
      &settings, &kernelCache, &kernelRows, part.positions.lowerBound, part.positions.upperBound)
  }

  /// What a request's lanes attend to at one key/value head, and the heads that follow it.
  package typealias KVView = (cache: PromptKVView, past: GeneratedKVView)

  /// Some key/value heads of one request's lanes: rotates, writes the newest position, and attends to
  /// the prompt and to each lane's own past.
  ///
  /// - Parameters:
  ///   - seen: What the first of the heads attends to.
  ///   - next: What the next call reads, to call it into the cache; after the last, the same.
  package func decode(
    _ rows: Rows, heads: Range<Int>, _ seen: KVView, next: KVView, window: Int,
    rotary: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    var settings = kernelSettings(window: window, rotary, scratch)
    var kernelRows = kernelRows(rows, head: heads.lowerBound)
    withUnsafePointer(to: next.cache.kernelCache(after: nil)) { nextCache in
      withUnsafePointer(to: next.past.kernelPast(after: nil)) { nextPast in
        var kernelCache = seen.cache.kernelCache(after: nextCache)
        var kernelPast = seen.past.kernelPast(after: nextPast)
        Kernels.current.attendStep(&settings, &kernelCache, &kernelRows, &kernelPast, heads.count)
      }
    }
  }

  private func kernelSettings(
    window: Int, _ rotary: UnsafePointer<Float>, _ scratch: UnsafeMutablePointer<Float>
  ) -> para_attention {
    para_attention(
      headSize: headSize, group: group, scale: scale, cap: cap, window: window,
      format: cache.kernelFormat, rotary: rotary, scratch: scratch)
  }

  private func kernelRows(_ rows: Rows, head: Int) -> para_attention_rows {
    let (first, queryFirst) = (head * headSize, head * group * headSize)
    return para_attention_rows(
      query: rows.query.base + queryFirst, key: rows.key.base + first,
      value: rows.value.base + first, queryStride: rows.query.columns,
      keyStride: rows.key.columns, valueStride: rows.value.columns,
      out: rows.out.base + queryFirst, outStride: rows.out.columns)
  }
}
