import CParaKernels
import Foundation
import ParaTensors
import ParaTestSupport
import Testing

/// Attention of every instruction set over a prompt, and then over generated tokens through a page
/// table, against softmax attention in Double.
@Suite struct AttentionKernelTests {
  struct Shape: Sendable, CustomTestStringConvertible {
    var group: Int
    var size: Int
    var prompt: Int
    var testDescription: String { "\(group) heads of \(size) over \(prompt)" }
  }

  static let shapes = [
    Shape(group: 1, size: 2, prompt: 1), Shape(group: 1, size: 48, prompt: 40),
    Shape(group: 3, size: 8, prompt: 16), Shape(group: 8, size: 64, prompt: 17),
    Shape(group: 2, size: 66, prompt: 33), Shape(group: 71, size: 32, prompt: 3),
  ]

  @Test(arguments: InstructionSets.names, shapes)
  func equalsTheFormula(isa: String, shape: Shape) {
    for format in KVCacheType.allCases {
      for window in [Int.max, 5] {
        for cap in [Float.infinity, 2] {
          let attention = AttentionCase(isa, shape, format: format, window: window, cap: cap)
          // Values lie in [−2, 2]. With a bf16 cache a prompt's softmax weights, which sum to 1, are
          // rounded by at most 2⁻⁹ each; as much again for keys that differ in fp32's last bit and
          // are rounded the other way.
          let tolerance =
            switch format {
            case .float32: 2e-5
            case .bfloat16: 0x1p-7
            case .int8: 2e-4  // queries and softmax weights are int16
            }
          #expect(attention.promptDifference() < tolerance, "\(format) \(window) \(cap)")
          for lanes in [1, 3] {
            #expect(
              attention.stepDifference(lanes: lanes) < tolerance,
              "\(lanes) lanes \(format) \(window) \(cap)")
          }
        }
      }
    }
  }

  /// A prompt that is prefilled in parts gives the same bits as at once.
  @Test(arguments: InstructionSets.names, KVCacheType.allCases)
  func partsGiveTheSameBits(isa: String, format: KVCacheType) {
    let shape = Shape(group: 2, size: 48, prompt: 131)
    for window in [Int.max, 5, 33, 70] {
      func out(_ cuts: [Int]) -> [Float] {
        let ends = [0] + cuts + [shape.prompt]
        let attention = AttentionCase(
          isa, shape, format: format, window: window, cap: .infinity)
        return attention.promptOut(parts: zip(ends, ends.dropFirst()).map { $0..<$1 })
      }
      let whole = out([])
      #expect(whole.allSatisfy { $0.isFinite })
      for cuts in [[1], [17, 70], [16, 48, 112], [130]] {
        let isSame = out(cuts) == whole  // outside #expect, which would print both arrays
        #expect(isSame, "window \(window), cut at \(cuts)")
      }
    }
  }
}
