internal import CParaKernels
import Foundation

/// The memory that this process holds (Linux; elsewhere the system does not say).
package enum ProcessMemory {
  /// Bytes of resident memory at the peak since the program started (`VmHWM`).
  ///
  /// `getrusage` would not do: its peak is inherited from whoever started the process.
  package static var peakBytes: Int? { status("VmHWM") }

  /// Bytes of resident memory now (`VmRSS`).
  package static var residentBytes: Int? { status("VmRSS") }

  /// Returns freed memory to the system, so that what is resident is what is in use.
  package static func release() {
    MappedMemory.shared.release()
    para_release_memory()
  }

  private static func status(_ key: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
      return nil
    }
    let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
    return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
  }
}
