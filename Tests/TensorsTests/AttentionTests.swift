import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct AttentionTests {
  /// Two runs, the second read through row indices, must equal plain softmax attention over their
  /// concatenation.
  @Test(
    arguments: [(1, 1, 2), (6, 2, 32), (8, 4, 8), (4, 4, 64), (3, 1, 33)],
    [(0, 1), (1, 0), (5, 3), (70, 20)])
  func equalsTheFormula(shape: (heads: Int, keyValueHeads: Int, headSize: Int), counts: (Int, Int))
  {
    let (heads, keyValueHeads, size) = shape
    var random = SeededGenerator(seed: UInt64(heads * 1000 + size + counts.0))
    let rowSize = keyValueHeads * size
    let stored = counts.1 * 2  // the second run names every other row, from the last
    let rows = (0..<counts.1).map { Int32(stored - 1 - 2 * $0) }
    let query = random.floats(heads * size)
    let first = FloatBuffer(random.floats(counts.0 * rowSize * 2))
    let second = FloatBuffer(random.floats(stored * rowSize * 2))
    let runs = [
      KeyValueRun(
        keys: first.base, values: first.base + counts.0 * rowSize, rowSize: rowSize, count: counts.0
      ),
      KeyValueRun(
        keys: second.base, values: second.base + stored * rowSize, rowSize: rowSize, count: counts.1
      ),
    ]
    let attention = Attention(heads: heads, keyValueHeads: keyValueHeads, headSize: size)
    let scratch = FloatBuffer(count: attention.scratchCount(positions: counts.0 + counts.1))
    let out = FloatBuffer(repeating: .nan, count: heads * size)
    rows.withUnsafeBufferPointer { rows in
      var runs = runs
      runs[1].rows = rows.baseAddress
      query.withUnsafeBufferPointer { query in
        guard let base = query.baseAddress else { return }
        attention.apply(query: base, runs: runs, scratch: scratch.base, into: out.base)
      }
    }

    func rowsOf(_ part: Int) -> [[Float]] {
      let a = first.array, b = second.array
      let own = (0..<counts.0).map {
        Array(a[(part * counts.0 + $0) * rowSize..<(part * counts.0 + $0 + 1) * rowSize])
      }
      return own
        + rows.map {
          Array(b[(part * stored + Int($0)) * rowSize..<(part * stored + Int($0) + 1) * rowSize])
        }
    }
    let keys = rowsOf(0), values = rowsOf(1)
    for head in 0..<heads {
      let start = head / (heads / keyValueHeads) * size
      let scores = keys.map { key in
        (0..<size).reduce(0.0) { $0 + Double(query[head * size + $1]) * Double(key[start + $1]) }
          / Double(size).squareRoot()
      }
      let weights = scores.map { exp($0 - (scores.max() ?? 0)) }
      let sum = weights.reduce(0, +)
      for d in 0..<size {
        let expected = zip(weights, values).reduce(0.0) {
          $0 + $1.0 / sum * Double($1.1[start + d])
        }
        #expect(abs(Double(out.array[head * size + d]) - expected) < 1e-5)
      }
    }
  }
}
