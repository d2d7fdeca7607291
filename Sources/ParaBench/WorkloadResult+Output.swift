public import Foundation
import ParaAdapters

extension WorkloadResult: CustomStringConvertible {
  /// A line, and one for each kind of adapters that was measured by turns.
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

  /// Writes the measurements as JSON with the keys in snake case.
  public func write(to url: URL) throws { try MeasurementFile.write(self, to: url) }
}

extension Double {
  /// With so many digits after the point.
  func text(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
