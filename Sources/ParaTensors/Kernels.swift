internal import CParaKernels
import Foundation

/// The kernels that this process runs: the best that the processor has, or those that the
/// environment variable `PARA_ISA` names (`amx`, `avx512`, `avx512vnni`, `avx2`, `neon` or
/// `portable`).
public enum Kernels {
  /// The name of the instruction set in use.
  public static var name: String { String(cString: current.name) }

  /// The instruction sets that this processor can run, best first.
  public static var available: [String] {
    (0...).lazy.map { para_kernels_at($0) }.prefix { $0 != nil }
      .compactMap { $0.map { String(cString: $0.pointee.name) } }
  }

  /// What `PARA_ISA` asks for, if this processor does not have it.
  public static var unavailableRequest: String? {
    requested.flatMap { para_kernels_named($0) == nil ? $0 : nil }
  }

  // Never written after it was made.
  nonisolated(unsafe) static let current: para_kernels = {
    let table = requested.flatMap { para_kernels_named($0) } ?? para_kernels_at(0)
    guard let table else { preconditionFailure("every processor has the portable kernels") }
    return table.pointee
  }()

  /// True where whole numbers of 16 bits take the place of bf16 in products: they are more exact, and
  /// twice as fast where a processor cannot multiply bf16.
  static let replacesBfloat16ByInt16 = current.productInt16 != nil

  /// True where products of int8 are those of bytes by the processor's own instruction, twice as fast as
  /// bf16's.
  static let hasFastInt8 = current.bytesAreFaster == 1

  private static var requested: String? {
    ProcessInfo.processInfo.environment["PARA_ISA"].flatMap { $0.isEmpty ? nil : $0 }
  }
}
