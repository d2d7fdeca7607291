internal import CParaKernels
import Foundation

/// The kernels that this process runs: the fastest that the processor has, or those that the
/// environment variable `PARA_ISA` names (`amx`, `avx512`, `avx512vnni`, `avx2`, `neon` or
/// `portable`). A set that the processor lacks is refused by the command line
/// (``unavailableRequest``); a program that does not ask runs the fastest.
public enum Kernels {
  /// The name of the instruction set in use.
  public static var name: String { String(cString: current.name) }

  /// The instruction sets that this processor can run, fastest first.
  public static var available: [String] {
    (0...).lazy.map { para_kernels_at($0) }.prefix { $0 != nil }
      .compactMap { $0.map { String(cString: $0.pointee.name) } }
  }

  /// The value of `PARA_ISA`, if this processor cannot run it.
  public static var unavailableRequest: String? {
    requested.flatMap { para_kernels_named($0) == nil ? $0 : nil }
  }

  // Written once, when it is initialized.
  nonisolated(unsafe) static let current: para_kernels = {
    let table = requested.flatMap { para_kernels_named($0) } ?? para_kernels_at(0)
    guard let table else { preconditionFailure("every processor has the portable kernels") }
    return table.pointee
  }()

  /// True where bf16 linear layers run on int16 with a scale per token and output feature: more
  /// exact than bf16, and twice as fast where a processor has no bf16 dot product.
  static let replacesBfloat16ByInt16 = current.linearInt16 != nil

  /// True where int8 linear layers run on a dot product of bytes, twice as fast as bf16's.
  static let hasFastInt8 = current.int8IsFasterThanBfloat16 == 1

  private static var requested: String? {
    ProcessInfo.processInfo.environment["PARA_ISA"].flatMap { $0.isEmpty ? nil : $0 }
  }
}

/// Microbenchmarks: the most operations and bytes a second that the machine can do, for roofline
/// figures.
package enum Microbenchmark {
  /// Rounds of one call: some hundred microseconds on a fast processor.
  private static let rounds = 1 << 15

  /// Multiply-adds on registers, as linear layers of a compute type do them.
  ///
  /// - Returns: The operations done, two for each multiply-add.
  package static func compute(_ compute: ComputeType) -> Int {
    switch compute {
    case .float32: Kernels.current.peakFloat32(rounds)
    case .bfloat16: Kernels.current.peakBfloat16(rounds)
    case .int8: Kernels.current.peakInt8(rounds)
    }
  }

  /// Reads a part of a block, in units of 256 bytes.
  package static func read(_ block: MemoryBlock, _ bytes: Range<Int>) {
    Kernels.current.readLines(block.base + bytes.lowerBound, bytes.count)
  }
}
