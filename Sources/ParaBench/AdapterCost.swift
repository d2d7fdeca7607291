public import ParaAdapters

/// What a kind of adapters takes beside the bare model, from runs by turns.
public struct AdapterCost: Sendable, Hashable, Codable {
  public var method: AdapterMethod
  public var prefillSeconds: Double
  public var decodeSeconds: Double
  /// The median over pairs of runs; nil where the phase does not happen.
  public var prefillPercentSlower: Double?
  public var decodePercentSlower: Double?
}

extension AdapterCost {
  init(_ method: AdapterMethod, _ pairs: [(bare: PhaseTimes, adapted: PhaseTimes)]) {
    let best = pairs.map(\.adapted).best
    self.init(
      method: method, prefillSeconds: best.prefill, decodeSeconds: best.decode,
      prefillPercentSlower: Self.percentSlower(pairs.map { ($0.prefill, $1.prefill) }),
      decodePercentSlower: Self.percentSlower(pairs.map { ($0.decode, $1.decode) }))
  }

  /// The median of the pairs; a machine that drifts moves both of a pair.
  private static func percentSlower(_ pairs: [(bare: Double, adapted: Double)]) -> Double? {
    let ratios = pairs.filter { $0.bare > 0 }.map { $0.adapted / $0.bare }.sorted()
    guard !ratios.isEmpty else { return nil }
    return ((ratios[ratios.count / 2] + ratios[(ratios.count - 1) / 2]) / 2 - 1) * 100
  }
}

extension AdapterCost: CustomStringConvertible {
  public var description: String {
    func slower(_ phase: String, _ percent: Double?) -> String? {
      percent.map { "\(phase) \($0 < 0 ? "" : "+")\($0.text(1)) %" }
    }
    return [slower("prefill", prefillPercentSlower), slower("decode", decodePercentSlower)]
      .compactMap(\.self).joined(separator: ", ")
  }
}
