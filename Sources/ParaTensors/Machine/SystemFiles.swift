import Foundation

/// What Linux tells a process about itself and its control groups, read from `/proc` and `/sys`.
/// Elsewhere these files do not exist.
package struct SystemFiles: Sendable {
  /// The text of a file; nil if there is none.
  package let read: @Sendable (_ path: String) -> String?

  package init(
    read: @escaping @Sendable (_ path: String) -> String? = {
      try? String(contentsOfFile: $0, encoding: .utf8)
    }
  ) {
    self.read = read
  }

  /// The line "key: value kB" of a file, such as `/proc/meminfo`, in bytes.
  package func bytes(_ key: String, in path: String) -> Int? {
    let line = read(path)?.split(separator: "\n").first { $0.hasPrefix(key + ":") }
    return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
  }

  /// The folder of a control group, whose files hold its limits in the format of version 1 or 2.
  package struct ControlGroup: Sendable, Hashable {
    package let path: String
    package let version: Int
  }

  /// The control groups of this process and those above them, as far as a controller, such as
  /// "memory", may limit them.
  package func controlGroups(_ controller: String) -> [ControlGroup] {
    (read("/proc/self/cgroup") ?? "").split(separator: "\n").flatMap { line -> [ControlGroup] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isUnified = fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains(Substring(controller)) else {
        return []
      }
      let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(controller)"
      return Self.withParents(String(fields[2])).map {
        ControlGroup(path: root + $0, version: isUnified ? 2 : 1)
      }
    }
  }

  /// "/a/b" is in "/a/b", "/a" and "".
  private static func withParents(_ path: String) -> [String] {
    let parts = path.split(separator: "/")
    return (0...parts.count).map { count in parts.prefix(count).map { "/" + $0 }.joined() }
  }
}
