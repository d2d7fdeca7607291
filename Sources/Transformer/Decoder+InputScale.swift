import Adapters
import Tensors

extension Decoder {
  /// The rows of x, those multiplied whose adapter scales the input of the projection: x itself
  /// where none does.
  func scaledInput(
    _ x: Matrix, _ site: Site, _ layer: Int, _ segments: [RowSegment], _ pass: Pass
  ) -> Matrix {
    let scaled = segments.compactMap { segment in
      segment.adjustments?.inputScale(site, layer: layer).map { (segment.rows, $0) }
    }
    guard !scaled.isEmpty else { return x }
    let copy = pass.matrix(.scaledInput, x.rows, x.columns)
    copy.base.update(from: x.base, count: x.rows * x.columns)
    for (rows, factors) in scaled { Elementwise.scaleRows(copy.rows(rows), factors) }
    return copy
  }
}
