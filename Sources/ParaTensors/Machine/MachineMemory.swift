internal import CParaKernels
import Foundation

/// How much memory this process may use: the machine's, or less in a control group with a limit.
package struct MachineMemory {
  private let files: SystemFiles

  package init(files: SystemFiles = SystemFiles()) { self.files = files }

  /// Bytes; nil where the system does not say.
  package var bytes: Int? {
    ([files.bytes("MemTotal", in: "/proc/meminfo")].compactMap(\.self) + groupLimits).min()
  }

  /// `memory.max` of version 2 and `memory.limit_in_bytes` of version 1, which is a huge number where
  /// there is no limit.
  private var groupLimits: [Int] {
    files.controlGroups("memory").compactMap { group in
      let name = group.version == 2 ? "memory.max" : "memory.limit_in_bytes"
      return files.read("\(group.path)/\(name)").flatMap {
        Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
  }
}

/// The memory that this process holds (Linux; elsewhere unknown).
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
    SystemFiles().bytes(key, in: "/proc/self/status")
  }
}
