public import Foundation
public import ParaAdapters

/// What a workload's run measured.
public struct WorkloadResult: Sendable, Hashable, Codable {
  public var workload: Workload
  public var model: String
  public var kernels: String
  public var workers: Int
  public var threadsPerWorker: Int
  /// From opening the folder to a model that is ready.
  public var startUpSeconds: Double
  /// From a model that is ready to the first token of one prompt.
  public var firstTokenSeconds: Double
  public var prefillSeconds: Double
  public var decodeSeconds: Double
  public var seconds: Double
  public var prefillTokensPerSecond: Double
  /// New tokens of the answers (one a position, whatever the beams) over the whole time.
  public var newTokensPerSecond: Double
  public var adapterCosts: [AdapterCost]
  public var peakMemoryBytes: Int?

  /// Writes the result as JSON with snake-case keys.
  public func write(to url: URL) throws { try BenchReport.writeJSON(self, to: url) }
}

extension WorkloadResult: CustomStringConvertible {
  /// A line, and one for each kind of adapter that was measured interleaved.
  public var description: String {
    let memory = peakMemoryBytes.map { ", peak \((Double($0) / 1e6).text(0)) MB" } ?? ""
    let line = """
      \(workload.compute) beams \(workload.beams)\(workload.adapters.map { " \($0.rawValue)" } ?? "") \
      \(workload.prompts)×\(workload.promptTokens)+\(workload.newTokens), \
      \(workers)×\(threadsPerWorker) threads (\(kernels)): \(seconds.text(2)) s = prefill \
      \(prefillSeconds.text(2)) s (\(prefillTokensPerSecond.text(0)) tokens/s) + decode \
      \(decodeSeconds.text(2)) s; \(newTokensPerSecond.text(1)) new tokens/s; start-up \
      \(startUpSeconds.text(2)) s, first token \(firstTokenSeconds.text(3)) s\(memory)
      """
    let costs = adapterCosts.map { "with \($0.method.rawValue): \($0)" }
    return ([line] + costs).joined(separator: "\n")
  }
}

/// What a kind of adapter costs beside the bare model, from interleaved A/B runs.
public struct AdapterCost: Sendable, Hashable, Codable {
  public var method: AdapterMethod
  public var prefillSeconds: Double
  public var decodeSeconds: Double
  /// The median over A/B pairs; nil where the workload has no such phase.
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

  /// The median of the pairs' ratios: a drift of the machine's speed moves both runs of a pair.
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

/// Seconds of a run's two phases.
struct PhaseTimes: Sendable, Hashable {
  var prefill = 0.0
  var decode = 0.0
  var seconds: Double { prefill + decode }
}

extension [PhaseTimes] {
  /// The fastest run.
  var best: PhaseTimes { self.min { $0.seconds < $1.seconds } ?? PhaseTimes() }
}
