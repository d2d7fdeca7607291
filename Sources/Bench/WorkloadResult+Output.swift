import Adapters
public import Foundation

extension WorkloadResult: CustomStringConvertible {
  public var description: String {
    func number(_ value: Double, _ digits: Int = 2) -> String {
      String(format: "%.\(digits)f", value)
    }
    let memory = peakMemoryBytes.map { ", peak \($0 >> 20) MiB" } ?? ""
    return """
      \(workload.compute) beams \(workload.beams)\(workload.adapters.map { " \($0.rawValue)" } ?? "") \
      \(workload.prompts)×\(workload.promptTokens)+\(workload.newTokens), \
      \(workers)×\(threadsPerWorker) threads (\(kernels)): \(number(seconds)) s = prefill \
      \(number(prefillSeconds)) s (\(number(prefillTokensPerSecond, 0)) tokens/s) + decode \
      \(number(decodeSeconds)) s; \(number(newTokensPerSecond, 1)) new tokens/s; start-up \
      \(number(startUpSeconds)) s, first token \(number(firstTokenSeconds, 3)) s\(memory)
      """
  }

  /// Writes the measurements as JSON with the keys in snake case.
  public func write(to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    try (encoder.encode(self) + Data("\n".utf8)).write(to: url, options: .atomic)
  }
}
