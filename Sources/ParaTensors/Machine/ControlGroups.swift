import Foundation

/// The control groups that a process is in and those above them, which may allow it less than the
/// machine has (Linux; elsewhere there are none).
package struct ControlGroups: Sendable {
  /// A group's folder, in which its limits stand, as files of version 1 or 2.
  package struct Folder: Sendable, Hashable {
    package let path: String
    package let version: Int
  }

  private let read: @Sendable (_ path: String) -> String?

  /// - Parameter read: The text of a file; nil if there is none.
  package init(read: @escaping @Sendable (String) -> String?) {
    self.read = read
  }

  /// The folders of the groups that a controller, such as "memory", may limit.
  package func folders(_ controller: String) -> [Folder] {
    (read("/proc/self/cgroup") ?? "").split(separator: "\n").flatMap { line -> [Folder] in
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { return [] }
      let isUnified = fields[1].isEmpty
      guard isUnified || fields[1].split(separator: ",").contains(Substring(controller)) else {
        return []
      }
      let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/\(controller)"
      return Self.withParents(String(fields[2])).map {
        Folder(path: root + $0, version: isUnified ? 2 : 1)
      }
    }
  }

  /// "/a/b" is in "/a/b", "/a" and "".
  private static func withParents(_ path: String) -> [String] {
    let parts = path.split(separator: "/")
    return (0...parts.count).map { count in parts.prefix(count).map { "/" + $0 }.joined() }
  }
}
