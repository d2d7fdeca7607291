import Adapters
import Tensors

extension Decoder {
  /// One projection of all rows, adjusted: y = scale ⊙ (W x + b + bias + B (A x) · factor), b being
  /// the model's own bias and the rest each row's adapter's, after the row's own scaling of x where
  /// its adapter has one.
  func project(
    _ x: Matrix, _ site: Site, _ layer: Int, _ segments: [RowSegment], into y: Matrix, _ pass: Pass
  ) {
    let x = scaledInput(x, site, layer, segments, pass)
    MatrixProduct.apply(x, layers[layer].projections[site], into: y, parallel: pass.parallel)
    if let bias = layers[layer].biases[site] { Elementwise.addToRows(y, bias.base) }
    addLowRank(x, site, layer, segments, into: y, pass)
    for segment in segments {
      guard let adjustments = segment.adjustments else { continue }
      if let bias = adjustments.bias(site, layer: layer) {
        Elementwise.addToRows(y.rows(segment.rows), bias)
      }
      if let scale = adjustments.scale(site, layer: layer) {
        Elementwise.scaleRows(y.rows(segment.rows), scale)
      }
    }
  }

  /// One pair of products for each run of segments with the same adapter.
  private func addLowRank(
    _ x: Matrix, _ site: Site, _ layer: Int, _ segments: [RowSegment], into y: Matrix, _ pass: Pass
  ) {
    var first = 0
    while first < segments.count {
      let adapter = segments[first].adjustments?.adapter
      var end = first + 1
      while end < segments.count, segments[end].adjustments?.adapter === adapter { end += 1 }
      if let lowRank = segments[first].adjustments?.lowRank(site, layer: layer) {
        let rows = segments[first].rows.lowerBound..<segments[end - 1].rows.upperBound
        let inner = pass.matrix(.lowRank, rows.count, lowRank.down.rows)
        MatrixProduct.apply(x.rows(rows), lowRank.down, into: inner, parallel: pass.parallel)
        MatrixProduct.apply(
          inner, lowRank.up, into: y.rows(rows), alpha: lowRank.factor, beta: 1,
          parallel: pass.parallel)
      }
      first = end
    }
  }
}
