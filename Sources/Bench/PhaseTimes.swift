import Adapters

/// Seconds of the two phases of a run.
struct PhaseTimes: Sendable, Hashable {
  var prefill = 0.0
  var decode = 0.0
  var seconds: Double { prefill + decode }
}

extension [PhaseTimes] {
  /// The fastest run.
  var best: PhaseTimes { self.min { $0.seconds < $1.seconds } ?? PhaseTimes() }
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
