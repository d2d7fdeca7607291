import Foundation

/// How much memory there is for this process: the machine's, or less where it runs in a control
/// group with a limit.
struct MachineMemory {
  private let read: (_ path: String) -> String?

  /// - Parameter read: The text of a file; nil if there is none.
  init(read: @escaping (String) -> String? = { try? String(contentsOfFile: $0, encoding: .utf8) }) {
    self.read = read
  }

  /// Bytes; nil where the system does not say.
  var bytes: Int? { ([total].compactMap(\.self) + groupLimits).min() }

  private var total: Int? {
    read("/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }?
      .split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
  }

  /// The limits of the process' groups and of those above them: `memory.max` of version 2 and
  /// `memory.limit_in_bytes` of version 1, which is a huge number where there is none.
  private var groupLimits: [Int] {
    (read("/proc/self/cgroup") ?? "").split(separator: "\n").flatMap { line -> [Int] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isUnified = fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains("memory") else { return [] }
      let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
      let file = isUnified ? "memory.max" : "memory.limit_in_bytes"
      return Self.folders(String(fields[2])).compactMap { folder in
        read(root + folder + "/" + file).flatMap {
          Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
        }
      }
    }
  }

  /// "/a/b" is in "/a/b", "/a" and "".
  private static func folders(_ path: String) -> [String] {
    let parts = path.split(separator: "/")
    return (0...parts.count).map { count in parts.prefix(count).map { "/" + $0 }.joined() }
  }
}
