import Foundation
import ParaTensors

/// How much memory there is for this process: the machine's, or less where it runs in a control
/// group with a limit.
struct MachineMemory {
  private let read: @Sendable (_ path: String) -> String?

  /// - Parameter read: The text of a file; nil if there is none.
  init(
    read: @escaping @Sendable (String) -> String? = {
      try? String(contentsOfFile: $0, encoding: .utf8)
    }
  ) {
    self.read = read
  }

  /// Bytes; nil where the system does not say.
  var bytes: Int? { ([total].compactMap(\.self) + groupLimits).min() }

  private var total: Int? {
    read("/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }?
      .split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
  }

  /// `memory.max` of version 2 and `memory.limit_in_bytes` of version 1, which is a huge number where
  /// there is no limit.
  private var groupLimits: [Int] {
    ControlGroups(read: read).folders("memory").compactMap { group in
      let name = group.version == 2 ? "memory.max" : "memory.limit_in_bytes"
      return read("\(group.path)/\(name)").flatMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
  }
}
