internal import CParaKernels
import Foundation

/// How many processors this process may use.
public struct ProcessorCount: Sendable {
  private let read: @Sendable (_ path: String) -> String?
  private let allowed: Int

  /// - Parameters:
  ///   - allowed: Processors that the process may run on.
  ///   - read: The text of a file; nil if there is none.
  package init(allowed: Int, read: @escaping @Sendable (_ path: String) -> String?) {
    self.allowed = allowed
    self.read = read
  }

  /// Those that the process may run on (`taskset`), or fewer where a control group's quota of time
  /// is worth fewer (a container's `--cpus`), rounded up.
  public static var available: Int {
    let allowed = para_allowed_processors()
    return ProcessorCount(
      allowed: allowed > 0 ? allowed : ProcessInfo.processInfo.activeProcessorCount
    ) { try? String(contentsOfFile: $0, encoding: .utf8) }.count
  }

  package var count: Int { max(1, ([allowed] + quotas).min() ?? allowed) }

  /// `cpu.max` of version 2 holds the quota, or "max", and its period; version 1 has a file for each, and
  /// −1 for no quota.
  private var quotas: [Int] {
    ControlGroups(read: read).folders("cpu").compactMap { group in
      let names = group.version == 2 ? ["cpu.max"] : ["cpu.cfs_quota_us", "cpu.cfs_period_us"]
      let numbers = names.flatMap { name in
        (read("\(group.path)/\(name)") ?? "").split(whereSeparator: \.isWhitespace).map {
          Double($0)
        }
      }
      guard numbers.count == 2, let quota = numbers[0], let period = numbers[1], quota > 0,
        period > 0
      else { return nil }
      return Int((quota / period).rounded(.up))
    }
  }
}
