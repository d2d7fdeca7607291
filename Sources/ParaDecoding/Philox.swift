/// Philox4x32-10, a counter-based random number generator: 128 bits as a pure function of key and
/// counter (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
struct Philox: Sendable {
  var key: SIMD2<UInt32>

  init(key: SIMD2<UInt32>) {
    self.key = key
  }

  init(seed: UInt64) {
    key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
  }

  func bits(_ counter: SIMD4<UInt32>) -> SIMD4<UInt32> {
    var key = key
    var x = counter
    for _ in 0..<10 {
      let (high0, low0) = UInt32(0xD251_1F53).multipliedFullWidth(by: x[0])
      let (high1, low1) = UInt32(0xCD9E_8D57).multipliedFullWidth(by: x[2])
      x = SIMD4(high1 ^ x[1] ^ key[0], low1, high0 ^ x[3] ^ key[1], low0)
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return x
  }

  /// A uniform value in [0, 1) with 53 random bits.
  func uniform(_ counter: SIMD4<UInt32>) -> Double {
    let x = bits(counter)
    let word = UInt64(x[0]) | UInt64(x[1]) << 32
    return Double(word >> 11) * 0x1p-53
  }
}
