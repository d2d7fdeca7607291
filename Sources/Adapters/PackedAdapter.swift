package import Tensors

/// The low-rank parts of an adapter in the numbers and the layout of one compute type.
package struct PackedAdapter: Sendable {
  package struct LowRank: Sendable {
    package let down: PackedWeight  // A: [rank, inputSize]
    /// B · factor, transposed: [rank, outputSize]
    package let up: FloatBuffer
    package let rank: Int
  }

  private let layers: [SiteTable<LowRank?>]

  init(_ layers: [Adapter.Layer], for compute: ComputeType) {
    let one = Parallel(threads: 1)
    self.layers = layers.map { layer in
      var table = SiteTable<LowRank?>(repeating: nil)
      for site in Site.allCases {
        guard let lowRank = layer.sites[site]?.lowRank else { continue }
        table[site] = LowRank(
          down: PackedWeight(lowRank.down, for: compute, parallel: one),
          up: lowRank.up.transposed(times: lowRank.factor), rank: lowRank.rank)
      }
      return table
    }
  }

  package func lowRank(_ site: Site, layer: Int) -> LowRank? { layers[layer][site] }
}
