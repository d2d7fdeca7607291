import Foundation
import ParaTestSupport

extension TemporaryFolder {
  var path: String { url.path }

  var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: url.appending(path: name)))
  }

  func text(_ name: String) throws -> String { String(decoding: try bytes(name), as: UTF8.self) }

  func write(_ bytes: some Sequence<UInt8>, _ name: String) throws {
    _ = try write(Data(Array(bytes)), to: name)
  }
}
