internal import CParaKernels

/// Softmax attention over cached keys and values, with grouped-query heads.
package struct Attention: Sendable {
  package let heads: Int
  package let keyValueHeads: Int
  package let headSize: Int
  /// Factor of query · key.
  package let scale: Float
  /// Soft cap of the scaled scores, cap · tanh(score / cap); infinite for none.
  package let cap: Float
  /// The data type of the KV cache.
  package let cache: KVCacheType

  /// - Parameter scale: By default 1/√headSize.
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

  /// Projections of new tokens: query and out [tokens, heads × headSize], key and value
  /// [tokens, keyValueHeads × headSize].
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

  /// Floats of scratch to prefill a prompt of `tokens` tokens.
  package func prefillScratch(tokens: Int) -> Int {
    scratch(rows: group * max(1, 32 / group), width: KVCacheType.paddedToPanels(tokens))
  }

  /// Floats of scratch for a decoding step of `lanes` lanes over a prompt and `past` generated
  /// tokens.
  package func decodeScratch(lanes: Int, prompt: Int, past: Int) -> Int {
    scratch(
      rows: lanes * group,
      width: KVCacheType.paddedToPanels(prompt) + KVCacheType.paddedToPanels(past))
  }

  /// Queries, outputs and scores of `rows` query heads; with an int8 cache also their int8 halves and
  /// integer sums.
  private func scratch(rows: Int, width: Int) -> Int {
    let columns = KVCacheType.paddedToPanels(headSize) + width
    return rows * (headSize + columns + (cache == .int8 ? 68 + 4 * columns : 0))
  }

  /// One key/value head of some of a prompt's positions; those before are in the cache.
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

  /// Applies the rotary embedding to keys, and stores keys and values in the cache.
  package func store(_ rows: Rows, _ part: PromptHead) {
    run(Kernels.current.storePrompt, rows, part)
  }

  /// Causal attention from positions that the cache holds.
  package func prefill(_ rows: Rows, _ part: PromptHead) {
    run(Kernels.current.attendPrefill, rows, part)
  }

  private typealias PromptKernel =
    @convention(c) (
      UnsafePointer<para_attention>?, UnsafePointer<para_prompt_kv>?,
      UnsafePointer<para_attention_tokens>?, Int, Int
    ) -> Void

  private func run(_ kernel: PromptKernel, _ rows: Rows, _ part: PromptHead) {
    var settings = kernelSettings(window: part.window, part.rotary, part.scratch)
    var kernelCache = part.cache.kernelView(next: nil)
    var kernelRows = kernelRows(rows, head: part.head)
    kernel(
      &settings, &kernelCache, &kernelRows, part.positions.lowerBound, part.positions.upperBound)
  }

  /// The KV cache of a request's lanes at one key/value head and those that follow it.
  package typealias KVView = (cache: PromptKVView, past: GeneratedKVView)

  /// One decoding step of a request's lanes at some key/value heads: stores the new tokens' keys and
  /// values and attends to the prompt and to each lane's generated tokens.
  ///
  /// - Parameters:
  ///   - view: The cache at the first of the heads.
  ///   - next: What the next call reads, to prefetch it; for the last call, `view`.
  package func decode(
    _ rows: Rows, heads: Range<Int>, _ view: KVView, next: KVView, window: Int,
    rotary: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    var settings = kernelSettings(window: window, rotary, scratch)
    var kernelRows = kernelRows(rows, head: heads.lowerBound)
    withUnsafePointer(to: next.cache.kernelView(next: nil)) { nextCache in
      withUnsafePointer(to: next.past.kernelView(next: nil)) { nextPast in
        var kernelCache = view.cache.kernelView(next: nextCache)
        var kernelPast = view.past.kernelView(next: nextPast)
        Kernels.current.attendDecode(&settings, &kernelCache, &kernelRows, &kernelPast, heads.count)
      }
    }
  }

  private func kernelSettings(
    window: Int, _ rotary: UnsafePointer<Float>, _ scratch: UnsafeMutablePointer<Float>
  ) -> para_attention {
    para_attention(
      headSize: headSize, group: group, scale: scale, cap: cap, window: window,
      cacheType: cache.kernelType, rotary: rotary, scratch: scratch)
  }

  private func kernelRows(_ rows: Rows, head: Int) -> para_attention_tokens {
    let (first, queryFirst) = (head * headSize, head * group * headSize)
    return para_attention_tokens(
      query: rows.query.base + queryFirst, key: rows.key.base + first,
      value: rows.value.base + first, queryStride: rows.query.columns,
      keyStride: rows.key.columns, valueStride: rows.value.columns,
      out: rows.out.base + queryFirst, outStride: rows.out.columns)
  }
}
