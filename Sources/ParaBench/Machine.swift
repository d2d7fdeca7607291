import Foundation
import ParaTensors

/// The machine that measurements were taken on.
public struct Machine: Sendable, Hashable, Codable {
  public var processor: String
  public var kernels: String
  public var threads: Int
  public var oneThread: MachineLimits
  public var allThreads: MachineLimits

  /// Measures the limits, which takes some seconds.
  public static func measure(threads: Int) -> Machine {
    let oneThread = MachineLimits.measure(threads: 1)
    return Machine(
      processor: processorName, kernels: Kernels.name, threads: threads, oneThread: oneThread,
      allThreads: threads == 1 ? oneThread : MachineLimits.measure(threads: threads))
  }

  /// Linux on x86-64 says it; elsewhere it is unknown.
  private static var processorName: String {
    let information = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = information?.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    return name ?? "unknown processor"
  }
}
