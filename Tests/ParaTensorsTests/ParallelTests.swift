import Foundation
import ParaTensors
import Synchronization
import Testing

@Suite struct ParallelTests {
  @Test(arguments: 1...4, [0, 1, 2, 5, 1000]) func rangesCoverEveryRowOnce(threads: Int, count: Int)
  {
    let counts = FloatBuffer(repeating: 0, count: count)
    let parallel = Parallel(threads: threads)
    for _ in 0..<50 {
      parallel.ranges(count, grain: 2) { range in
        for index in range { counts.base[index] += 1 }
      }
    }
    #expect(counts.array == [Float](repeating: 50, count: count))
  }

  /// Threads that have gone to sleep wake up for later work, and a team that is let go ends.
  @Test func worksAgainAfterAPause() {
    for _ in 0..<5 {
      let parallel = Parallel(threads: 3)
      let sum = Atomic(0)
      for _ in 0..<3 {
        parallel.parts(100, grain: 1) { thread, range in
          #expect((0..<3).contains(thread))
          sum.add(range.reduce(0, +), ordering: .relaxed)
        }
        Thread.sleep(forTimeInterval: 0.005)
      }
      #expect(sum.load(ordering: .relaxed) == 3 * 4950)
    }
  }
}
