import Foundation

/// Files in the system's memory.
enum FileCache {
  private static let chunk = 8 << 20

  /// Reads a model folder's weights, so that the system holds them afterwards where it has the memory.
  static func warm(_ folder: URL) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    for name in names where name.hasSuffix(".safetensors") {
      let file = try? FileHandle(forReadingFrom: folder.appending(path: name))
      while let bytes = try? file?.read(upToCount: chunk), !bytes.isEmpty {}
      try? file?.close()
    }
  }
}
