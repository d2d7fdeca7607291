import ParaTensors

/// The features of a feed-forward part, cut into blocks whose gate and up of some rows fit into the
/// second-level caches of a worker's threads.
struct FeedForwardTiling {
  let features: Int
  /// Panels of a block.
  let panels: Int
  /// True if all gated numbers of a row are kept: it is rounded as a whole.
  let keepsRows: Bool

  private static let bytesPerThread = 1 << 19
  /// Blocks are cut where the tiles of all instruction sets end.
  private static let panelStep = 6

  init(_ features: Int, rows: Int, threads: Int, _ compute: ComputeType) {
    self.features = features
    keepsRows = QuantizedActivations.quantizesWholeRows(compute)
    let panel = max(1, rows) * 2 * PackedWeight.panelFeatures * MemoryLayout<Float>.size
    let most = max(1, threads * Self.bytesPerThread / panel)
    let all = (features + PackedWeight.panelFeatures - 1) / PackedWeight.panelFeatures
    let blocks = (all + most - 1) / most
    let even = (all + blocks - 1) / blocks
    panels = (even + Self.panelStep - 1) / Self.panelStep * Self.panelStep
  }

  private var width: Int { min(features, panels * PackedWeight.panelFeatures) }
  var gateColumns: Int { Self.columns(keepsRows ? features : width) }
  var upColumns: Int { Self.columns(width) }

  private static func columns(_ count: Int) -> Int {
    CacheLine.oddStride(count * MemoryLayout<Float>.size) / MemoryLayout<Float>.size
  }

  /// The blocks' features and panels, in order.
  var list: [(features: Range<Int>, panels: Range<Int>)] {
    stride(from: 0, to: features, by: width).map { first in
      let end = min(first + width, features), size = PackedWeight.panelFeatures
      return (first..<end, first / size..<(end + size - 1) / size)
    }
  }
}
