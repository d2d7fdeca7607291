import ParaTestSupport
import Testing

@testable import ParaModel
@testable import ParaTensors

/// The packed LoRA A, folded or not, against plain sums.
@Suite struct PackedLowRankTests {
  @Test(
    arguments: [ComputeType.float32, .bfloat16, .int8], [1, 7, 8, 9, 16],
  )
  func equalsPlainSums(compute: ComputeType, rank: Int) {
    // Folded in all types, in none and in all but int8.
    for columns in [1024, 30, 768] { check(compute, rank: rank, columns: columns) }
  }

  private func check(_ compute: ComputeType, rank: Int, columns: Int) {
    var random = SeededGenerator(seed: UInt64(rank * columns))
    let (count, own) = (5, 1..<4)
    let values = random.floats(rank * columns)
    let input = PackedLowRankInput(
      Weight(FloatBuffer(values), rows: rank, columns: columns), for: compute)
    let states = (0..<count).map { _ in random.floats(columns) }
    let memory = FloatBuffer(
      count: QuantizedActivations.scratchCount(rows: count, columns: columns, compute))
    let prepared = QuantizedActivations(
      Matrix(base: memory.base, rows: 1, columns: memory.count), rows: count, columns: columns,
      compute)
    for row in 0..<count {
      var state = states[row]
      prepared.quantize(row, &state)
    }
    let buffer = FloatBuffer(repeating: 7, count: count * input.columns)
    let out = Matrix(base: buffer.base, rows: count, columns: input.columns)
    input.multiply(prepared, rows: own, into: out, next: input)
    // bf16 operands are rounded first and summed in fp32; integer operands are quantized (int8 after
    // a Hadamard rotation), and their errors grow as the root of the columns.
    let isWhole = QuantizedActivations.quantizesWholeRows(compute)
    func rounded(_ value: Float) -> Double {
      guard compute == .bfloat16, !isWhole else { return Double(value) }
      let bits = value.bitPattern
      return Double(Float(bitPattern: (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF_0000))
    }
    func length(_ values: ArraySlice<Float>) -> Double {
      values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    for row in own {
      for feature in 0..<rank {
        let weights = values[feature * columns..<(feature + 1) * columns]
        let tolerance =
          isWhole && compute == .bfloat16
          ? 1e-4 * length(states[row][...]) * length(weights)
          : (compute == .int8 ? 6e-2 : 4e-6) * Double(columns).squareRoot()
        let exact = (0..<columns).reduce(0.0) {
          $0 + rounded(states[row][$1]) * rounded(values[feature * columns + $1])
        }
        let error = abs(Double(out.row(row)[feature]) - exact)
        #expect(error < tolerance, "\(compute) \(rank) \(columns)")
      }
      if rank % 2 == 1 { #expect(out.row(row)[rank] == 0) }
    }
    for row in [0, 4] { #expect((0..<input.columns).allSatisfy { out.row(row)[$0] == 7 }) }
    withExtendedLifetime((memory, buffer)) {}
  }
}
