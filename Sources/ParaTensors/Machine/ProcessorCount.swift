internal import CParaKernels
import Foundation

/// How many processors this process may use.
public struct ProcessorCount: Sendable {
  private let files: SystemFiles
  private let allowed: Int

  /// - Parameter allowed: The processors in the process's affinity mask.
  package init(allowed: Int, files: SystemFiles = SystemFiles()) {
    self.allowed = allowed
    self.files = files
  }

  /// The processors in the affinity mask (`taskset`), or fewer where a control group's CPU quota (a
  /// container's `--cpus`) is worth fewer, rounded up.
  public static var available: Int {
    let allowed = para_allowed_processors()
    return ProcessorCount(
      allowed: allowed > 0 ? allowed : ProcessInfo.processInfo.activeProcessorCount
    ).count
  }

  package var count: Int { max(1, ([allowed] + quotas).min() ?? allowed) }

  /// `cpu.max` of version 2 holds the quota, or "max", and its period; version 1 has a file for each, and
  /// −1 for no quota.
  private var quotas: [Int] {
    files.controlGroups("cpu").compactMap { group in
      let names = group.version == 2 ? ["cpu.max"] : ["cpu.cfs_quota_us", "cpu.cfs_period_us"]
      let numbers = names.flatMap { name in
        (files.read("\(group.path)/\(name)") ?? "").split(whereSeparator: \.isWhitespace)
          .map { Double($0) }
      }
      guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0,
        period > 0
      else { return nil }
      return Int((quota / period).rounded(.up))
    }
  }
}
