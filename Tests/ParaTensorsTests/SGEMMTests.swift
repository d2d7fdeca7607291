import ParaTensors
import ParaTestSupport
import Testing

@Suite struct SGEMMTests {
  @Test(arguments: [(1, 1, 1), (1, 192, 512), (3, 7, 5), (17, 64, 33), (64, 300, 129)], [1, 2])
  func equalsTheFormula(shape: (rows: Int, inner: Int, columns: Int), threads: Int) {
    var random = SeededGenerator(seed: 7)
    let x = random.floats(shape.rows * shape.inner), w = random.floats(shape.columns * shape.inner)
    let start = random.floats(shape.rows * shape.columns)
    let input = FloatBuffer(x), y = FloatBuffer(start)
    defer { withExtendedLifetime(input) {} }
    SGEMM.apply(
      Matrix(base: input.base, rows: shape.rows, columns: shape.inner),
      Weight(FloatBuffer(w), rows: shape.columns, columns: shape.inner),
      into: Matrix(base: y.base, rows: shape.rows, columns: shape.columns), alpha: 0.5, beta: 1,
      parallel: Parallel(threads: threads))
    let found = y.array
    for row in 0..<shape.rows {
      for column in 0..<shape.columns {
        let dot = (0..<shape.inner).reduce(0.0) {
          $0 + Double(x[row * shape.inner + $1]) * Double(w[column * shape.inner + $1])
        }
        let expected = Double(start[row * shape.columns + column]) + dot / 2
        #expect(abs(Double(found[row * shape.columns + column]) - expected) < 1e-4)
      }
    }
  }

  /// Both formats hold small integers exactly, so the product equals that of fp32; the last shape is
  /// converted in more than one block.
  @Test(arguments: [(1, 3, 5), (4, 64, 33), (2, 4096, 200)], [1, 2])
  func halfFormatsAreConverted(shape: (rows: Int, inner: Int, columns: Int), threads: Int) {
    var random = SeededGenerator(seed: 8)
    let whole = (0..<shape.columns * shape.inner).map { _ in
      Float(Int.random(in: -8...8, using: &random))
    }
    let input = FloatBuffer(
      (0..<shape.rows * shape.inner).map { _ in Float(Int.random(in: -8...8, using: &random)) })
    func product(_ weight: Weight) -> [Float] {
      let y = FloatBuffer(repeating: .nan, count: shape.rows * shape.columns)
      SGEMM.apply(
        Matrix(base: input.base, rows: shape.rows, columns: shape.inner), weight,
        into: Matrix(base: y.base, rows: shape.rows, columns: shape.columns),
        parallel: Parallel(threads: threads))
      return y.array
    }
    let expected = product(Weight(FloatBuffer(whole), rows: shape.columns, columns: shape.inner))
    for format in [Weight.Format.bfloat16, .float16] {
      let bits = whole.map {
        format == .float16 ? Float16($0).bitPattern : UInt16($0.bitPattern >> 16)
      }
      let found = bits.withUnsafeBytes { bytes in
        bytes.baseAddress.map {
          product(
            Weight(
              bytes: $0, format: format, rows: shape.columns, columns: shape.inner, owner: input))
        }
      }
      #expect(found == expected)
    }
    withExtendedLifetime(input) {}
  }
}
