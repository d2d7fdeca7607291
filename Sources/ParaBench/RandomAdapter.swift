import ParaAdapters
import ParaCheckpoints

/// Adapters with random weights, for benchmarks and checks in which only shapes matter.
enum RandomAdapter {
  static func make(_ method: AdapterMethod, _ model: ModelConfiguration, seed: Int) -> Adapter {
    Adapter(
      random: method, model, name: "\(method.rawValue)-\(seed)", seed: UInt64(seed) &+ 7)
  }
}
