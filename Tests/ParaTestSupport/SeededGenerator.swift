import ParaTensors

/// A seeded generator for tests: the same values on every run.
package struct SeededGenerator: RandomNumberGenerator {
  private var generator: SplitMix

  package init(seed: UInt64) { generator = SplitMix(seed: seed) }

  package mutating func next() -> UInt64 { generator.next() }

  package mutating func floats(_ count: Int, in range: ClosedRange<Float> = -2...2) -> [Float] {
    (0..<count).map { _ in Float.random(in: range, using: &self) }
  }
}
