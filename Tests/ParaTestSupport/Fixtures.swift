package import Foundation

/// Where the package's own files lie.
package enum Fixtures {
  package static let packageRoot = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  package static let folder = packageRoot.appending(path: "fixtures")
  package static let model = folder.appending(path: "model")

  package static func adapter(_ name: String) -> URL { folder.appending(path: "adapters/\(name)") }
}

extension Fixtures {
  /// The recorded answers that lie beside a test target.
  package static func goldens(_ target: String) -> URL {
    packageRoot.appending(path: "Tests/\(target)/Goldens")
  }
}
