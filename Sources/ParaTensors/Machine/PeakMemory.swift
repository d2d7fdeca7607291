internal import CParaKernels
import Foundation

/// The most memory that this process has held at once.
package enum PeakMemory {
  /// Bytes of resident memory at the peak since the program started (Linux: `VmHWM`); nil where the
  /// system does not say.
  ///
  /// `getrusage` would not do: its peak is inherited from whoever started the process.
  package static var bytes: Int? { ProcessStatus.bytes("VmHWM") }
}

/// The memory that this process holds now.
package enum ResidentMemory {
  /// Bytes (Linux: `VmRSS`); nil where the system does not say.
  package static var bytes: Int? { ProcessStatus.bytes("VmRSS") }

  /// Gives memory that was freed back to the system, so that what is resident is what is in use.
  package static func release() {
    MappedMemory.shared.release()
    para_release_memory()
  }
}

private enum ProcessStatus {
  static func bytes(_ key: String) -> Int? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else {
      return nil
    }
    let line = status.split(separator: "\n").first { $0.hasPrefix(key + ":") }
    return line?.split(separator: " ").compactMap { Int($0) }.first.map { $0 * 1024 }
  }
}
