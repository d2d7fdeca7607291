import Foundation

/// The most memory that this process has held at once.
package enum PeakMemory {
  /// Bytes of resident memory at the peak since the program started (Linux: `VmHWM`); nil where the
  /// system does not say.
  ///
  /// `getrusage` would not do: its peak is inherited from whoever started the process.
  package static var bytes: Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
      return nil
    }
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
  }
}
