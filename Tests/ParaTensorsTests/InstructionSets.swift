import CParaKernels
import ParaTensors

/// The kernels of every instruction set that this machine can run, by name.
enum InstructionSets {
  static let names = Kernels.available

  static func kernels(_ name: String) -> para_kernels {
    guard let table = para_kernels_named(name) else { preconditionFailure(name) }
    return table.pointee
  }
}
