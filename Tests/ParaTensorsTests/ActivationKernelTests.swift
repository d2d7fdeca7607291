import CParaKernels
import Foundation
import ParaTestSupport
import Testing

/// Activations and caps against their formulas in Double, over lengths around vector widths.
@Suite struct ActivationKernelTests {
  static let lengths = Array(0...37) + [63, 64, 65, 200]

  private func expectClose(_ found: [Float], _ expected: [Double], _ comment: Comment) {
    for (a, b) in zip(found, expected) {
      #expect(abs(Double(a) - b) <= 2e-6 * max(1, abs(b)), comment)
    }
  }

  private func gelu(_ x: Double) -> Double { 0.5 * x * erfc(-x * 0.5.squareRoot()) }

  private func geluTanh(_ x: Double) -> Double {
    let inner = (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
    return 0.5 * x * (1 + tanh(inner))
  }

  @Test(arguments: InstructionSets.names) func geluMultiply(isa: String) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 11)
    for size in Self.lengths {
      let gate = random.floats(size, in: -12...12), up = random.floats(size)
      var exact = gate, approximate = gate
      kernels.geluMultiply(&exact, up, size)
      kernels.geluTanhMultiply(&approximate, up, size)
      expectClose(exact, zip(gate, up).map { gelu(Double($0)) * Double($1) }, "\(size)")
      expectClose(
        approximate, zip(gate, up).map { geluTanh(Double($0)) * Double($1) }, "\(size)")
    }
  }

  @Test(arguments: InstructionSets.names) func geluAtTheEnds(isa: String) {
    let kernels = InstructionSets.kernels(isa)
    let gate: [Float] = [-200, -20, 0, 20, 200, .infinity, .nan]
    for kernel in [kernels.geluMultiply, kernels.geluTanhMultiply] {
      var found = gate
      kernel?(&found, Array(repeating: 1, count: 7), 7)
      #expect(found[0] == 0 && abs(found[1]) < 1e-30 && found[2] == 0)
      #expect(found[3] == 20 && found[4] == 200 && found[5] == .infinity && found[6].isNaN)
    }
  }

  @Test(arguments: InstructionSets.names, [0.5, 4, 50]) func softCap(isa: String, cap: Float) {
    let kernels = InstructionSets.kernels(isa)
    var random = SeededGenerator(seed: 12)
    for size in Self.lengths {
      let x = random.floats(size, in: -100...100) + [1e-20, -1e-4, 0.1 * cap, .infinity]
      var found = x
      kernels.softCap(&found, cap, x.count)
      for (found, x) in zip(found, x) {
        let expected = Double(cap) * tanh(Double(x) / Double(cap))
        #expect(abs(Double(found) - expected) <= 5e-7 * abs(expected), "\(x)")
      }
    }
  }
}
