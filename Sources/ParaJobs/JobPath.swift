/// Paths as a job file gives them.
enum JobPath {
  /// The folder that a file stands in; empty for the current one.
  static func folder(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "" }
    return String(file[...slash])
  }

  /// `path` counted from `folder` unless it is absolute, without `.` and needless `..`.
  ///
  /// A `..` takes away the component before it by name, so a job's paths read the same in every
  /// message and result; where that component is a symbolic link, say so by an absolute path.
  static func resolve(_ path: String, in folder: String) -> String {
    let joined = path.hasPrefix("/") ? path : folder + path
    let isAbsolute = joined.hasPrefix("/")
    var components: [Substring] = []
    for component in joined.split(separator: "/") where component != "." {
      if component == "..", let last = components.last, last != ".." {
        components.removeLast()
      } else if component != ".." || !isAbsolute {
        components.append(component)
      }
    }
    let path = components.joined(separator: "/")
    return isAbsolute ? "/" + path : path.isEmpty ? "." : path
  }

  static func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? ""
  }
}
