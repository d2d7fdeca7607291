internal import CParaKernels

/// Stored numbers, at any alignment, as fp32, exactly.
package enum Widen {
  package static func numbers(
    _ bytes: UnsafeRawPointer, _ format: Weight.Format, count: Int,
    into out: UnsafeMutablePointer<Float>
  ) {
    switch format {
    case .float32: UnsafeMutableRawPointer(out).copyMemory(from: bytes, byteCount: count * 4)
    case .bfloat16: para_widen_bfloat16(bytes, count, out)
    case .float16: para_widen_float16(bytes, count, out)
    }
  }
}
