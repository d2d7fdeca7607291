import ParaTensors

/// The feed-forward features cut into tiles whose gate and up of a row block fit into the
/// second-level caches of a worker's threads.
struct FeedForwardTiling {
  let features: Int
  /// True if the gated features of a whole row are kept: one scale quantizes them all.
  let keepsRows: Bool
  private let panels: Int

  private static let bytesPerThread = 1 << 19
  /// A multiple of the panels of every instruction set's tile, so that no product ends in a part of
  /// a tile.
  private static let panelStep = 6

  init(_ features: Int, rows: Int, threads: Int, _ compute: ComputeType) {
    self.features = features
    keepsRows = QuantizedActivations.quantizesWholeRows(compute)
    let panelBytes = max(1, rows) * 2 * PackedWeight.panelFeatures * MemoryLayout<Float>.size
    let most = max(1, threads * Self.bytesPerThread / panelBytes)
    let all = (features + PackedWeight.panelFeatures - 1) / PackedWeight.panelFeatures
    let tiles = (all + most - 1) / most
    let even = (all + tiles - 1) / tiles
    panels = (even + Self.panelStep - 1) / Self.panelStep * Self.panelStep
  }

  /// Features of a tile.
  private var width: Int { min(features, panels * PackedWeight.panelFeatures) }

  // Columns of the matrices of gate and up.
  var gateColumns: Int { Self.columns(keepsRows ? features : width) }
  var upColumns: Int { Self.columns(width) }

  private static func columns(_ count: Int) -> Int {
    CacheLine.oddStride(count * MemoryLayout<Float>.size) / MemoryLayout<Float>.size
  }

  /// The tiles' features and weight panels, in order.
  var tiles: [(features: Range<Int>, panels: Range<Int>)] {
    stride(from: 0, to: features, by: width).map { first in
      let end = min(first + width, features), size = PackedWeight.panelFeatures
      return (first..<end, first / size..<(end + size - 1) / size)
    }
  }
}
