internal import Foundation

/// The record that ends every zip (APPNOTE.TXT 4.3.16), after the directory of its members.
///
/// libarchive reads a zip without one from front to back, and takes it for whole.
enum ZipEnd {
  private static let signature: [UInt8] = [0x50, 0x4B, 0x05, 0x06]
  private static let size = 22
  /// The record's comment, which comes last, is at most this long.
  private static let longestComment = 0xFFFF

  /// Whether a file ends with the record; `true` when it cannot be read again.
  static func isPresent(in url: URL) -> Bool {
    guard let file = try? FileHandle(forReadingFrom: url), let end = try? file.seekToEnd() else {
      return true
    }
    let tail = UInt64(size + longestComment)
    guard (try? file.seek(toOffset: end - min(end, tail))) != nil,
      let bytes = try? file.readToEnd()
    else { return false }
    let last = bytes.range(of: Data(signature), options: .backwards)
    return last.map { bytes.endIndex - $0.lowerBound >= size } ?? false
  }
}
