import Foundation

/// A number of bytes, as people read and write it: powers of 1000, as storage is sold.
package struct ByteCount {
  package let bytes: Int

  package init(_ bytes: Int) { self.bytes = bytes }

  /// The size of a file.
  package init(file path: String) throws {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    self.init(attributes[.size] as? Int ?? 0)
  }

  /// Parses a size with its unit: "500 MB", "1.5GB". Nil for anything else, such as a bare number.
  package init?(parsing text: String) {
    let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
    let unit = text[number.endIndex...].drop { $0 == " " }.uppercased()
    guard let value = Double(number), let power = Self.units.firstIndex(of: unit) else {
      return nil
    }
    let bytes = (0...power).reduce(value) { size, _ in size * 1000 }
    guard let bytes = Int(exactly: bytes.rounded()) else { return nil }
    self.init(bytes)
  }

  private static let units = ["KB", "MB", "GB", "TB"]

  /// "812 bytes", "14.0 KB", "1.25 GB".
  package var text: String {
    var value = Double(bytes)
    guard value >= 1000 else { return "\(bytes) bytes" }
    var unit = -1
    while value >= 999.95, unit + 1 < Self.units.count {
      value /= 1000
      unit += 1
    }
    return String(format: value < 9.995 ? "%.2f" : "%.1f", value) + " " + Self.units[unit]
  }
}

extension Int {
  /// With a comma before every three digits: "1,234".
  package var grouped: String {
    let digits = Array(String(magnitude))
    var text = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }
}
