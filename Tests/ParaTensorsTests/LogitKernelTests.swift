import CParaKernels
import Foundation
import ParaTensors
import ParaTestSupport
import Testing

/// Reductions over logits, over lengths around vector widths and blocks of 64, at misaligned
/// addresses.
@Suite struct LogitKernelTests {
  private static let lengths = Array(0...37) + [63, 64, 65, 127, 128, 129, 200, 1000]
  private static let offsets = [0, 1, 3]

  /// Calls `body` with a copy of the logits that starts `offset` floats after an aligned address and
  /// lies between infinities, which would be noticed if they were read.
  private func misaligned<Result>(
    _ logits: [Float], by offset: Int, _ body: (UnsafePointer<Float>) -> Result
  ) -> Result {
    let count = 64 + offset + logits.count + 64
    let memory = UnsafeMutableRawPointer.allocate(byteCount: count * 4, alignment: 64)
    defer { memory.deallocate() }
    let base = memory.bindMemory(to: Float.self, capacity: count)
    base.initialize(repeating: .infinity, count: count)
    let start = base + 64 + offset
    start.update(from: logits, count: logits.count)
    return body(start)
  }

  @Test(arguments: InstructionSets.names, offsets) func largest(isa: String, offset: Int) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 31)
    for size in Self.lengths {
      let logits = random.floats(size, in: -50...(-3))
      let found = misaligned(logits, by: offset) { kernels.largest($0, size) }
      #expect(found == logits.max() ?? -.infinity, "size \(size)")
    }
  }

  @Test(arguments: InstructionSets.names, offsets) func largestIgnoresNaN(
    isa: String, offset: Int
  ) {
    let kernels = InstructionSets.kernels(isa)
    for size in Self.lengths where size > 1 {
      for place in [0, size / 2, size - 1] {
        var logits = [Float](repeating: -2, count: size)
        logits[place] = .nan
        #expect(misaligned(logits, by: offset) { kernels.largest($0, size) } == -2)
      }
    }
  }

  @Test(arguments: InstructionSets.names, offsets) func sumOfExp(isa: String, offset: Int) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 32)
    for size in Self.lengths {
      let logits = random.floats(size, in: -9...9), largest = logits.max() ?? -.infinity
      let found = misaligned(logits, by: offset) { kernels.sumOfExp($0, size, largest) }
      let expected = logits.reduce(0.0) { $0 + exp(Double($1) - Double(largest)) }
      #expect(abs(Double(found) - expected) <= 2e-6 * max(1, expected), "size \(size)")
    }
    let impossible = [Float](repeating: -.infinity, count: 5)
    #expect(kernels.sumOfExp(impossible, 5, -.infinity) == 0)
  }

  /// Few distinct values, so that ties are common, and NaN, which never ranks; in two parts.
  @Test(arguments: InstructionSets.names, offsets) func keepLargest(isa: String, offset: Int) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 33)
    for size in Self.lengths {
      var logits = (0..<size).map { _ in Float(Int.random(in: -40...40, using: &random)) / 4 }
      for index in stride(from: 5, to: size, by: 17) { logits[index] = .nan }
      for count in [0, 1, 6, 16] {
        let ranked = logits.indices.filter { !logits[$0].isNaN }
          .sorted { (-logits[$0], $0) < (-logits[$1], $1) }.prefix(count)
        var indices = [Int32](repeating: -1, count: 16), values = [Float](repeating: 0, count: 16)
        let cut = size / 3
        let first = misaligned(Array(logits[..<cut]), by: offset) {
          kernels.keepLargest($0, cut, 0, count, 0, &indices, &values)
        }
        let found = misaligned(Array(logits[cut...]), by: offset) {
          kernels.keepLargest($0, size - cut, Int32(cut), count, first, &indices, &values)
        }
        #expect(indices.prefix(found).map(Int.init) == Array(ranked), "\(count) of \(size)")
        #expect(Array(values.prefix(found)) == ranked.map { logits[$0] })
      }
    }
  }
}

@Suite struct LogitRowTests {
  @Test(arguments: [1, 2, 5, 17, 512, 5000, 40000], [1, 2, 6, 16])
  func equalsASort(vocabulary: Int, count: Int) {
    var random = SeededGenerator(seed: UInt64(vocabulary * 31 + count))
    // Few distinct values, so that ties are common.
    let logits = (0..<vocabulary).map { _ in Float(Int.random(in: -40...40, using: &random)) / 4 }
    let best = logits.indices.sorted { (-logits[$0], $0) < (-logits[$1], $1) }.prefix(count)
    let found = LogitRow.topK(logits, vocabulary: vocabulary, count: count)
    #expect(found.map { Int($0.token) } == Array(best))
    #expect(found.map(\.logit) == best.map { logits[$0] })
  }

  @Test(arguments: [1, 2, 17, 512, 5000, 300_000], [0, -80, 90] as [Float])
  func logSumExpIsExact(vocabulary: Int, shift: Float) {
    var random = SeededGenerator(seed: UInt64(vocabulary))
    let logits = random.floats(vocabulary, in: shift - 9...shift + 9)
    let expected = log(logits.reduce(0.0) { $0 + exp(Double($1)) })
    let found = LogitRow.logSumExp(logits, vocabulary: vocabulary)
    #expect(abs(Double(found) - expected) < 2e-6 * max(1, abs(expected)))
  }

  @Test func notANumberNeverRanks() {
    let found = LogitRow.topK([1, .nan, 3, .nan], vocabulary: 4, count: 4)
    #expect(found.map(\.token) == [2, 0])
  }

  @Test func everythingImpossible() {
    let logits: [Float] = [-.infinity, -.infinity]
    #expect(LogitRow.topK(logits, vocabulary: 2, count: 1).map(\.token) == [0])
    #expect(LogitRow.logSumExp(logits, vocabulary: 2) == -.infinity)
  }
}
