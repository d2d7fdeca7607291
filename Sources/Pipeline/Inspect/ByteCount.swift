import Foundation

/// A number of bytes, for people.
struct ByteCount {
  let bytes: Int

  init(_ bytes: Int) { self.bytes = bytes }

  /// The size of a file.
  init(file path: String) throws {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    self.init(attributes[.size] as? Int ?? 0)
  }

  /// "812 bytes", "14.0 KB", "1.25 GB": powers of 1000, as files are sold.
  var text: String {
    var value = Double(bytes)
    guard value >= 1000 else { return "\(bytes) bytes" }
    var unit = -1
    let units = ["KB", "MB", "GB", "TB"]
    while value >= 999.95, unit + 1 < units.count {
      value /= 1000
      unit += 1
    }
    return String(format: value < 9.995 ? "%.2f" : "%.1f", value) + " " + units[unit]
  }
}
