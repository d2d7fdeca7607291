/// Python's `random.Random(seed)`: MT19937 (Matsumoto and Nishimura, 1998), seeded from a whole number as
/// CPython does, so that examples are drawn as lm-evaluation-harness draws them.
package struct MersenneTwister: Sendable {
  private static let size = 624
  private static let middle = 397
  private var state: [UInt32]
  private var index = MersenneTwister.size

  /// - Parameter seed: Python takes its absolute value.
  package init(seed: Int) {
    let magnitude = UInt64(seed.magnitude)
    let high = UInt32(magnitude >> 32)
    let key = [UInt32(truncatingIfNeeded: magnitude)] + (high == 0 ? [] : [high])
    state = Self.initial(19_650_218)
    absorb(key)
  }

  /// The reference implementation's `init_genrand`.
  private static func initial(_ seed: UInt32) -> [UInt32] {
    var state = [seed]
    state.reserveCapacity(size)
    for i in 1..<size {
      state.append(1_812_433_253 &* (state[i - 1] ^ (state[i - 1] >> 30)) &+ UInt32(i))
    }
    return state
  }

  /// The reference implementation's `init_by_array`.
  private mutating func absorb(_ key: [UInt32]) {
    var (i, j) = (1, 0)
    for _ in 0..<Self.size {
      state[i] =
        (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_664_525)) &+ key[j] &+ UInt32(j)
      wrap(&i)
      j = (j + 1) % key.count
    }
    for _ in 1..<Self.size {
      state[i] =
        (state[i] ^ ((state[i - 1] ^ (state[i - 1] >> 30)) &* 1_566_083_941)) &- UInt32(i)
      wrap(&i)
    }
    state[0] = 0x8000_0000
  }

  /// The index behind `i`, where the state begins anew with its last word.
  private mutating func wrap(_ i: inout Int) {
    i += 1
    if i == Self.size {
      state[0] = state[Self.size - 1]
      i = 1
    }
  }

  /// The next 32 bits.
  mutating func next() -> UInt32 {
    if index == Self.size { twist() }
    var y = state[index]
    index += 1
    y ^= y >> 11
    y ^= (y << 7) & 0x9D2C_5680
    y ^= (y << 15) & 0xEFC6_0000
    return y ^ (y >> 18)
  }

  private mutating func twist() {
    for i in 0..<Self.size {
      let y = (state[i] & 0x8000_0000) | (state[(i + 1) % Self.size] & 0x7FFF_FFFF)
      state[i] = state[(i + Self.middle) % Self.size] ^ (y >> 1) ^ (y & 1 == 0 ? 0 : 0x9908_B0DF)
    }
    index = 0
  }

  /// Python's `_randbelow`: a number from 0 to `bound` − 1, uniform; `bound` is from 1 to 2³¹.
  mutating func below(_ bound: Int) -> Int {
    let bits = Int.bitWidth - bound.leadingZeroBitCount
    while true {
      let number = Int(next() >> (32 - bits))
      if number < bound { return number }
    }
  }

  /// Python's `random.choices(range(count))`: one index, from 53 random bits.
  mutating func choice(of count: Int) -> Int {
    let (high, low) = (Double(next() >> 5), Double(next() >> 6))
    return Int((high * 67_108_864 + low) / 9_007_199_254_740_992 * Double(count))
  }

  /// Python's `random.sample(range(population), count)`: distinct indices in the order of drawing.
  ///
  /// - Precondition: `count` is at most `population`.
  mutating func sample(_ count: Int, of population: Int) -> [Int] {
    // CPython copies a small population and remembers what is drawn of a large one; they draw otherwise.
    var largestCopied = 21
    if count > 5 {
      var table = 1
      while table < 3 * count { table *= 4 }
      largestCopied += table
    }
    return population <= largestCopied
      ? sampleCopy(count, of: population) : sampleNew(count, of: population)
  }

  private mutating func sampleCopy(_ count: Int, of population: Int) -> [Int] {
    var pool = Array(0..<population)
    return (0..<count).map { i in
      let j = below(population - i)
      defer { pool[j] = pool[population - i - 1] }
      return pool[j]
    }
  }

  private mutating func sampleNew(_ count: Int, of population: Int) -> [Int] {
    var drawn: Set<Int> = []
    return (0..<count).map { _ in
      var j = below(population)
      while !drawn.insert(j).inserted { j = below(population) }
      return j
    }
  }
}
