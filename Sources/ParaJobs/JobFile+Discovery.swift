import Foundation
import ParaAdapters
import Yams

extension JobFile {
  /// The adapters of a folder of adapter folders, by the subfolders' names, in the names' order.
  static func adapters(inFolder text: String, _ node: JobNode) throws -> [Named<String>] {
    let folder = JobPath.resolve(text, in: JobPath.folder(of: node.file))
    guard let found = try? AdapterBank.discover(in: URL(filePath: folder)), !found.isEmpty else {
      throw node.wrongValue(
        "must be names with folders, or a folder of adapter folders, which \(folder) is not")
    }
    return found.keys.sorted().map { name in
      Named(
        name: JobNode(Node(name), file: node.file, path: node.path, line: node.line),
        value: "\(text)/\(name)")
    }
  }
}
