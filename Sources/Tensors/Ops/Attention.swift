internal import CKernels

/// Softmax attention of query heads over cached keys and values, with grouped-query heads.
package struct Attention: Sendable {
  package let heads: Int
  package let keyValueHeads: Int
  package let headSize: Int
  /// What query · key is multiplied by.
  package let scale: Float
  /// Bounds the scaled scores softly, as cap · tanh(score / cap); infinite for no bound.
  package let cap: Float

  /// Without a scale it is 1/√headSize.
  package init(
    heads: Int, keyValueHeads: Int, headSize: Int, scale: Float? = nil, cap: Float = .infinity
  ) {
    precondition(keyValueHeads > 0 && heads % keyValueHeads == 0)
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.headSize = headSize
    self.scale = scale ?? 1 / Float(headSize).squareRoot()
    self.cap = cap
  }

  /// Numbers of scratch that `apply` needs for so many cached positions.
  package func scratchCount(positions: Int) -> Int { heads / keyValueHeads * positions }

  /// One token's attention: query and out are [heads, headSize]. The runs hold rows of all
  /// key/value heads, [position, keyValueHeads × headSize], and are attended to as if they were
  /// one.
  package func apply(
    query: UnsafePointer<Float>, runs: [KeyValueRun], scratch: UnsafeMutablePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let group = heads / keyValueHeads
    withUnsafeTemporaryAllocation(of: para_key_value_run.self, capacity: runs.count) { shifted in
      for head in 0..<keyValueHeads {
        for (index, run) in runs.enumerated() {
          shifted.initializeElement(at: index, to: run.kernelRun(from: head * headSize))
        }
        para_attend(
          query + head * group * headSize, headSize, group, headSize, shifted.baseAddress,
          runs.count, scale, cap,
          scratch, out + head * group * headSize, headSize)
      }
    }
  }
}
