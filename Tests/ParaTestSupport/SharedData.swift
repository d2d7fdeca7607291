package import Foundation

/// Real models, tokenizers and data sets that lie beside the package where it is developed. A clone
/// elsewhere has none, and the tests that need them are skipped.
package enum SharedData {
  package static let folder = Fixtures.packageRoot.deletingLastPathComponent()
    .appending(path: "shared/data")

  package static var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

  package static func url(_ path: String) -> URL { folder.appending(path: path) }
}
