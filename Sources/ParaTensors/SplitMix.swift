internal import CParaKernels

/// SplitMix64 (Steele, Lea and Flood, 2014): a seeded generator whose sequence is the same on every
/// machine, for synthetic workloads and tests.
package struct SplitMix: RandomNumberGenerator {
  private let seed: UInt64
  private var count: UInt64 = 0

  package init(seed: UInt64) { self.seed = seed }

  package mutating func next() -> UInt64 {
    count &+= 1
    return para_split_mix(seed, count)
  }
}
