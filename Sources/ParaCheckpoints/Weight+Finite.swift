package import ParaTensors

extension Weight {
  /// Whether no element is NaN or infinite: none has an exponent of ones alone.
  ///
  /// Complexity: reads every element once, some gigabytes a second.
  package var isFinite: Bool {
    switch format {
    case .float32: !hasElement(UInt32.self, exponent: 0x7F80_0000)
    case .bfloat16: !hasElement(UInt16.self, exponent: 0x7F80)
    case .float16: !hasElement(UInt16.self, exponent: 0x7C00)
    }
  }

  private func hasElement<Bits: FixedWidthInteger & UnsignedInteger>(
    _ type: Bits.Type, exponent: Bits
  ) -> Bool {
    // A block at a time, without a branch inside, so that the loop is vectorized.
    for start in stride(from: 0, to: count, by: 4096) {
      var found: Bits = 0
      for index in start..<min(start + 4096, count) {
        let bits = bytes.loadUnaligned(
          fromByteOffset: index &* MemoryLayout<Bits>.size, as: type)
        found |= bits & exponent == exponent ? 1 : 0
      }
      if found != 0 { return true }
    }
    return false
  }
}
