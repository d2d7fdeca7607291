import Foundation
import ParaTensors
import ParaTestSupport
import Testing

@Suite struct QuantizedActivationsTests {
  /// Without the rotation, an outlier of a hundred times the others would leave them a bit or two.
  @Test func anOutlierDoesNotCostPrecision() {
    let (columns, features, large) = (512, 64, Float(100))
    var random = SeededGenerator(seed: 3)
    let parallel = Parallel(threads: 1)
    let w = random.floats(features * columns)
    let weight = PackedWeight(
      Weight(FloatBuffer(w), rows: features, columns: columns), for: .int8, parallel: parallel)
    var x = random.floats(columns)
    x[77] = large
    let memory = FloatBuffer(
      count: QuantizedActivations.scratchCount(rows: 1, columns: columns, .int8))
    let rows = QuantizedActivations(
      Matrix(base: memory.base, rows: 1, columns: memory.count), rows: 1, columns: columns, .int8)
    var values = x
    rows.quantize(0, &values)
    let out = FloatBuffer(count: features)
    Linear.apply(
      [Linear(rows, weight, into: Matrix(base: out.base, rows: 1, columns: features))],
      parallel: parallel)
    let squares = zip(0..., out.array).map { feature, found in
      let exact = (0..<columns).reduce(0.0) {
        $0 + Double(x[$1]) * Double(w[feature * columns + $1])
      }
      return (Double(found) - exact) * (Double(found) - exact)
    }
    let error = (squares.reduce(0, +) / Double(features)).squareRoot()
    // Without the rotation, steps of large / 127 have a rounding error of 1/√12 of a step, times the norm of an
    // output feature's weights.
    let length = w.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(features)
    #expect(error < 0.5 * Double(large) / 127 / 12.0.squareRoot() * length.squareRoot())
    withExtendedLifetime((memory, out)) {}
  }
}
