package import ParaTensors

/// An adapter as a model of one compute type uses it: its parts at every projection, low-rank parts
/// in the numbers and the layout of the products.
package final class PackedAdapter: Sendable {
  package struct LowRank: Sendable {
    package let down: LowRankInput
    package let up: PackedWeight  // B · factor: [outputSize, rank]
  }

  private let lowRanks: [SiteTable<LowRank?>]

  init(_ layers: [Adapter.Layer], for compute: ComputeType) {
    lowRanks = layers.map { layer in
      SiteTable { site in
        layer.sites[site]?.lowRank.map { LowRank($0, for: compute) }
      }
    }
  }

  package func lowRank(_ site: Site, layer: Int) -> LowRank? { lowRanks[layer][site] }
}

extension PackedAdapter.LowRank {
  /// The update's second half is added in fp32, from bf16 weights where the model's are rounded too.
  init(_ lowRank: SiteAdjustment.LowRank, for compute: ComputeType) {
    let one = Parallel(threads: 1)
    down = LowRankInput(lowRank.down, for: compute)
    up = PackedWeight(
      lowRank.up.scaled(by: lowRank.factor), as: compute == .float32 ? .float32 : .widened,
      parallel: one)
  }
}
