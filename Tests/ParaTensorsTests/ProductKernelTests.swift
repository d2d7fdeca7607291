import CParaKernels
import Foundation
import ParaTestSupport
import Testing

/// The products of every instruction set against sums in Double of the numbers as each kind rounds
/// them, over rows, columns and lengths around tiles and panels, at misaligned addresses.
@Suite struct ProductKernelTests {
  enum Kind: CaseIterable { case float32, widened, bfloat16, int8, int16 }

  private static let cases = InstructionSets.names.flatMap { isa in
    Kind.allCases.filter { $0 != .int16 || InstructionSets.kernels(isa).productInt16 != nil }
      .map { (isa, $0) }
  }

  private typealias Shape = (rows: Int, inner: Int, columns: Int)

  private static let shapes: [Shape] = {
    var shapes: [Shape] = (1...17).map { ($0, 37, 50) }
    shapes += (1...9).map { (3, $0, 16 * $0 + 1) }
    shapes += [(1, 1, 1), (9, 64, 48), (25, 130, 97), (2, 768, 33)]
    // Around blocks of 32 rows and more than are made at a time.
    shapes += [(31, 33, 65), (32, 31, 16), (33, 70, 40), (65, 48, 33), (300, 20, 18)]
    return shapes
  }()

  private func narrowed(_ x: Float) -> Float {
    let bits = x.bitPattern
    return Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000)
  }

  /// What int8 keeps of a row: whole numbers and their scale.
  private func quantised(_ row: ArraySlice<Float>, steps: Int) -> [Double] {
    let greatest = row.map(abs).max() ?? 0
    let scale = greatest > 0 ? greatest / Float(steps) : 1, inverse = 1 / scale
    // A product that is rounded once, as by a fused addition.
    return row.map {
      (Double($0) * Double(inverse)).rounded(.toNearestOrEven) * Double(scale)
    }
  }

  /// - Parameter int8Steps: What numbers are at most, in steps of their row's scale.
  private func rows(
    _ x: [Float], _ count: Int, _ kind: Kind, weights: Bool, int8Steps: Int = 127
  ) -> [[Double]] {
    let size = x.count / count
    return (0..<count).map { index in
      let row = x[index * size..<(index + 1) * size]
      switch kind {
      case .float32, .int16: return row.map(Double.init)
      case .widened: return row.map { Double(weights ? narrowed($0) : $0) }
      case .bfloat16: return row.map { Double(narrowed($0)) }
      case .int8: return quantised(row, steps: int8Steps)
      }
    }
  }

  /// The step that 16 bits leave a row.
  private func int16Step(_ row: [Double]) -> Double {
    max(length(row) / 46_000, (row.map(abs).max() ?? 0) / 32_767)
  }

  private func length(_ row: [Double]) -> Double {
    row.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  @Test(arguments: cases) func equalsTheSum(isa: String, kind: Kind) {
    var random = SeededGenerator(seed: 21)
    for (index, shape) in Self.shapes.enumerated() {
      let x = random.floats(shape.rows * shape.inner)
      let w = random.floats(shape.columns * shape.inner)
      let found = KernelProduct(isa, kind, x, w, shape, misalignment: index % 3).out
      let steps = InstructionSets.kernels(isa).int8Steps
      let a = rows(x, shape.rows, kind, weights: false, int8Steps: steps)
      let b = rows(w, shape.columns, kind, weights: true)
      for row in 0..<shape.rows {
        for column in 0..<shape.columns {
          let expected = zip(a[row], b[column]).reduce(0.0) { $0 + $1.0 * $1.1 }
          let difference = abs(Double(found[row * shape.columns + column]) - expected)
          var tolerance = 2e-5 * Double(shape.inner).squareRoot()
          if kind == .int16 {
            // Six deviations of the sum of both rows' roundings, each even over a step.
            let x = int16Step(a[row]) * length(b[column]), w = int16Step(b[column]) * length(a[row])
            tolerance += 6 * ((x * x + w * w) / 12).squareRoot()
          }
          #expect(difference <= tolerance, "\(shape)")
        }
      }
    }
  }

  /// Sums of 16-bit numbers are greatest where all numbers are the same, or all but one 0.
  @Test(arguments: cases.filter { $0.1 == .int16 }.map { $0.0 }) func int16SumsDoNotOverflow(
    isa: String
  ) {
    for inner in [1, 2, 3, 16, 100, 768, 5000, 40_000] {
      let ones = Array(repeating: Float(1), count: inner)
      let lone = [-1] + Array(repeating: Float(0), count: inner - 1)
      for x in [ones, lone] {
        let product = KernelProduct(
          isa, .int16, x, x + x.map { -$0 }, (1, inner, 2), misalignment: 0)
        let expected = x.reduce(0) { $0 + $1 * $1 }
        #expect(abs(product.out[0] - expected) <= 2e-3 * expected)
        #expect(product.out[1] == -product.out[0])
      }
    }
  }

  /// What is not finite does not become a number.
  @Test(arguments: cases.filter { $0.1 == .int16 || $0.1 == .int8 })
  func wholeNumbersKeepWhatIsNoNumber(isa: String, kind: Kind) {
    for wrong in [Float.nan, .infinity, -.infinity] {
      var x = Array(repeating: Float(1), count: 40)
      x[33] = wrong
      let w = Array(repeating: Float(1), count: 40)
      #expect(KernelProduct(isa, kind, x, w, (1, 40, 1), misalignment: 0).out[0].isNaN)
      #expect(KernelProduct(isa, kind, w, x, (1, 40, 1), misalignment: 0).out[0].isNaN)
    }
  }

  /// Each row alone, and any range of panels alone, gives the bits of the whole product; added to
  /// itself, once, it is twice as large.
  @Test(arguments: cases) func partsGiveTheSameBits(
    isa: String, kind: Kind
  ) {
    var random = SeededGenerator(seed: 22)
    let shape = (rows: 70, inner: 131, columns: 150)
    let x = random.floats(shape.rows * shape.inner), w = random.floats(shape.columns * shape.inner)
    let product = KernelProduct(isa, kind, x, w, shape, misalignment: 1)
    let whole = product.out
    for row in 0..<shape.rows {
      for panels in [0..<1, 1..<3, 3..<8, 8..<10] { product.run(row..<row + 1, panels) }
      #expect(product.out == whole)
    }
    product.run(0..<shape.rows, 0..<10, accumulates: true)
    #expect(product.out == whole.map { 2 * $0 })
  }

  /// A row's bits do not depend on whether its neighbours are scaled.
  @Test(arguments: cases) func neighboursScalesChangeNothing(
    isa: String, kind: Kind
  ) {
    var random = SeededGenerator(seed: 23)
    let shape = (rows: 70, inner: 131, columns: 150)
    let x = random.floats(shape.rows * shape.inner), w = random.floats(shape.columns * shape.inner)
    let before = random.floats(shape.rows * shape.columns), scale = random.floats(shape.columns)
    let product = KernelProduct(isa, kind, x, w, shape, misalignment: 0)
    func added(_ scaled: [Bool]?) -> [Float] {
      product.added(to: before, scale: scale, scaled: scaled)
    }
    let none = added(nil), all = added(Array(repeating: true, count: shape.rows))
    let isScaled = all != none
    #expect(isScaled)
    let mixed = added((0..<shape.rows).map { $0 % 3 == 1 })
    for row in 0..<shape.rows {
      let range = row * shape.columns..<(row + 1) * shape.columns
      let isSame = mixed[range] == (row % 3 == 1 ? all : none)[range]
      #expect(isSame, "row \(row)")
    }
  }
}
