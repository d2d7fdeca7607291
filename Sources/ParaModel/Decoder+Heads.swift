import ParaCheckpoints
import ParaTensors

extension Decoder {
  /// What happens to queries or keys between their projection, adapters included, and the rotary
  /// embedding: the model's norm of them; and heads that are rotated in part are arranged as
  /// attention expects them.
  ///
  /// - Parameters:
  ///   - rows: Outputs of the projection, changed in place, [block rows, heads × headSize].
  ///   - norm: Weights over a head, or over a whole row; nil if the model has no such norm.
  func finishHeads(_ block: RowBlock, _ rows: Matrix, norm: Weight?) {
    let rotary = rotary[block.layer]
    guard norm != nil || rotary.isPartial else { return }
    let (size, epsilon) = (configuration.headSize, configuration.normEpsilon)
    block.context.parallel.ranges(rows.rows, grain: 8) { range in
      for row in range {
        let row = rows.row(row)
        if let norm {
          for first in stride(from: 0, to: rows.columns, by: norm.count) {
            RMSNorm.apply(row + first, weight: norm, epsilon: epsilon, into: row + first)
          }
        }
        if rotary.isPartial {
          for first in stride(from: 0, to: rows.columns, by: size) {
            rotary.pairHalves(row + first)
          }
        }
      }
    }
  }
}
