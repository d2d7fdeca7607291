package import ParaTensors

/// What one request's adapter does at every projection, looked up at every step. Its pointers live
/// as long as the request's `RequestAdjustments`.
package final class RequestParts: @unchecked Sendable {  // never written after it was made
  package struct Part {
    /// What follows the product; nil if nothing does.
    package var segment: RowAdjustments.Segment?
    package var lowRank: PackedAdapter.LowRank?
    /// What the projection's input is multiplied by, [inputSize].
    package var inputScale: UnsafePointer<Float>?
  }

  private let parts: [Part]  // [layers × sites]

  init(
    _ adapter: Adapter, packed: PackedAdapter?,
    scale: (Site, Int) -> UnsafePointer<Float>?
  ) {
    parts = adapter.layers.indices.flatMap { layer in
      Site.allCases.map { site in
        let adjustment = adapter.layers[layer].sites[site]
        let lowRank = packed?.lowRank(site, layer: layer)
        let segment = RowAdjustments.Segment(
          scale: scale(site, layer), bias: adjustment?.bias?.base, up: lowRank?.up)
        return Part(
          segment: segment.isIdentity ? nil : segment, lowRank: lowRank,
          inputScale: adjustment?.inputScale?.base)
      }
    }
  }

  package func part(_ site: Site, layer: Int) -> Part {
    parts[layer * Site.allCases.count + site.rawValue]
  }
}
