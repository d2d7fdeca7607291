import CParaKernels
import Foundation
import ParaTestSupport
import Testing

/// Linear layers of every instruction set against sums in Double of what each precision rounds
/// activations and weights to, over tokens, outputs and inputs around tiles and panels, at misaligned
/// addresses.
@Suite struct LinearKernelTests {
  enum Precision: CaseIterable { case float32, mixed, bfloat16, int8, int16 }

  private static let cases = InstructionSets.names.flatMap { isa in
    Precision.allCases.filter { $0 != .int16 || InstructionSets.kernels(isa).linearInt16 != nil }
      .map { (isa, $0) }
  }

  private typealias Shape = (tokens: Int, inputs: Int, outputs: Int)

  private static let shapes: [Shape] = {
    var shapes: [Shape] = (1...17).map { ($0, 37, 50) }
    shapes += (1...9).map { (3, $0, 16 * $0 + 1) }
    shapes += [(1, 1, 1), (9, 64, 48), (25, 130, 97), (2, 768, 33)]
    // Around AMX's blocks of 32 tokens, and more than are multiplied at a time.
    shapes += [(31, 33, 65), (32, 31, 16), (33, 70, 40), (65, 48, 33), (300, 20, 18)]
    return shapes
  }()

  private func narrowed(_ x: Float) -> Float {
    let bits = x.bitPattern
    return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
  }

  /// What int8 keeps of a vector.
  private func quantized(_ row: ArraySlice<Float>, steps: Int) -> [Double] {
    let greatest = row.map(abs).max() ?? 0
    let scale = greatest > 0 ? greatest / Float(steps) : 1, inverse = 1 / scale
    // Rounded once, as by a fused multiply-add.
    return row.map {
      (Double($0) * Double(inverse)).rounded(.toNearestOrEven) * Double(scale)
    }
  }

  /// - Parameter int8Limit: The greatest quantized magnitude.
  private func rows(
    _ x: [Float], _ count: Int, _ precision: Precision, weights: Bool, int8Limit: Int = 127
  ) -> [[Double]] {
    let size = x.count / count
    return (0..<count).map { index in
      let row = x[index * size..<(index + 1) * size]
      switch precision {
      case .float32, .int16: return row.map(Double.init)
      case .mixed: return row.map { Double(weights ? narrowed($0) : $0) }
      case .bfloat16: return row.map { Double(narrowed($0)) }
      case .int8: return quantized(row, steps: int8Limit)
      }
    }
  }

  /// The int16 scale of a vector.
  private func int16Step(_ row: [Double]) -> Double {
    max(length(row) / 46_000, (row.map(abs).max() ?? 0) / 32_767)
  }

  private func length(_ row: [Double]) -> Double {
    row.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  @Test(arguments: cases) func equalsTheSum(isa: String, precision: Precision) {
    var random = SeededGenerator(seed: 21)
    for (index, shape) in Self.shapes.enumerated() {
      let x = random.floats(shape.tokens * shape.inputs)
      let w = random.floats(shape.outputs * shape.inputs)
      let found = LinearCase(isa, precision, x, w, shape, misalignment: index % 3).out
      let steps = InstructionSets.kernels(isa).int8Limit
      let a = rows(x, shape.tokens, precision, weights: false, int8Limit: steps)
      let b = rows(w, shape.outputs, precision, weights: true)
      for row in 0..<shape.tokens {
        for column in 0..<shape.outputs {
          let expected = zip(a[row], b[column]).reduce(0.0) { $0 + $1.0 * $1.1 }
          let difference = abs(Double(found[row * shape.outputs + column]) - expected)
          var tolerance = 2e-5 * Double(shape.inputs).squareRoot()
          if precision == .int16 {
            // Six standard deviations of the sum of both vectors' rounding errors, each uniform over
            // a step.
            let x = int16Step(a[row]) * length(b[column]), w = int16Step(b[column]) * length(a[row])
            tolerance += 6 * ((x * x + w * w) / 12).squareRoot()
          }
          #expect(difference <= tolerance, "\(shape)")
        }
      }
    }
  }

  /// int16 sums are greatest where all elements are equal, or all but one 0.
  @Test(arguments: cases.filter { $0.1 == .int16 }.map { $0.0 }) func int16SumsDoNotOverflow(
    isa: String
  ) {
    for inner in [1, 2, 3, 16, 100, 768, 5000, 40_000] {
      let ones = Array(repeating: Float(1), count: inner)
      let lone = [-1] + Array(repeating: Float(0), count: inner - 1)
      for x in [ones, lone] {
        let product = LinearCase(
          isa, .int16, x, x + x.map { -$0 }, (1, inner, 2), misalignment: 0)
        let expected = x.reduce(0) { $0 + $1 * $1 }
        #expect(abs(product.out[0] - expected) <= 2e-3 * expected)
        #expect(product.out[1] == -product.out[0])
      }
    }
  }

  /// Infinities and NaN give NaN.
  @Test(arguments: cases.filter { $0.1 == .int16 || $0.1 == .int8 })
  func integersKeepNaN(isa: String, precision: Precision) {
    for wrong in [Float.nan, .infinity, -.infinity] {
      var x = Array(repeating: Float(1), count: 40)
      x[33] = wrong
      let w = Array(repeating: Float(1), count: 40)
      #expect(LinearCase(isa, precision, x, w, (1, 40, 1), misalignment: 0).out[0].isNaN)
      #expect(LinearCase(isa, precision, w, x, (1, 40, 1), misalignment: 0).out[0].isNaN)
    }
  }

  /// Each token alone, and any range of panels alone, gives the same bits as all together; added to
  /// itself, the output doubles.
  @Test(arguments: cases) func partsGiveTheSameBits(
    isa: String, precision: Precision
  ) {
    var random = SeededGenerator(seed: 22)
    let shape = (tokens: 70, inputs: 131, outputs: 150)
    let x = random.floats(shape.tokens * shape.inputs),
      w = random.floats(shape.outputs * shape.inputs)
    let product = LinearCase(isa, precision, x, w, shape, misalignment: 1)
    let whole = product.out
    for row in 0..<shape.tokens {
      for panels in [0..<1, 1..<3, 3..<8, 8..<10] { product.run(row..<row + 1, panels) }
      #expect(product.out == whole)
    }
    product.run(0..<shape.tokens, 0..<10, accumulates: true)
    #expect(product.out == whole.map { 2 * $0 })
  }

  /// A token's bits do not depend on whether other tokens are scaled by adapters.
  @Test(arguments: cases) func otherTokensScalesChangeNothing(
    isa: String, precision: Precision
  ) {
    var random = SeededGenerator(seed: 23)
    let shape = (tokens: 70, inputs: 131, outputs: 150)
    let x = random.floats(shape.tokens * shape.inputs),
      w = random.floats(shape.outputs * shape.inputs)
    let before = random.floats(shape.tokens * shape.outputs), scale = random.floats(shape.outputs)
    let product = LinearCase(isa, precision, x, w, shape, misalignment: 0)
    func added(_ scaled: [Bool]?) -> [Float] {
      product.added(to: before, scale: scale, scaled: scaled)
    }
    let none = added(nil), all = added(Array(repeating: true, count: shape.tokens))
    let isScaled = all != none
    #expect(isScaled)
    let mixed = added((0..<shape.tokens).map { $0 % 3 == 1 })
    for row in 0..<shape.tokens {
      let range = row * shape.outputs..<(row + 1) * shape.outputs
      let isSame = mixed[range] == (row % 3 == 1 ? all : none)[range]
      #expect(isSame, "row \(row)")
    }
  }
}
