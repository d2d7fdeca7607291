import Foundation
import ParaTensors
import Synchronization
import Testing

@Suite struct ParallelTests {
  @Test(arguments: 1...4, [0, 1, 2, 5, 1000]) func rangesCoverEveryItemOnce(
    threads: Int, count: Int
  ) {
    let counts = FloatBuffer(repeating: 0, count: count)
    let parallel = Parallel(threads: threads)
    for _ in 0..<50 {
      parallel.ranges(count, grain: 2) { range in
        for index in range { counts.base[index] += 1 }
      }
    }
    #expect(counts.array == [Float](repeating: 50, count: count))
  }

  /// Sleeping threads wake up for later tasks, and a team that is released ends.
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

@Suite struct ProcessorCountTests {
  private func count(_ files: [String: String]) -> Int {
    ProcessorCount(allowed: 8, files: SystemFiles { files[$0] }).count
  }

  @Test func allThatAreAllowedWhereThereIsNoQuota() {
    #expect(count([:]) == 8)
    #expect(
      count(["/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "max 100000\n"]) == 8)
    #expect((1...).contains(ProcessorCount.available))
  }

  @Test func theLeastQuotaOfTheGroupsAboveInVersion2() {
    let files = [
      "/proc/self/cgroup": "0::/jobs/night\n", "/sys/fs/cgroup/jobs/cpu.max": "250000 100000\n",
      "/sys/fs/cgroup/jobs/night/cpu.max": "max 100000\n",
    ]
    #expect(count(files) == 3)
  }

  @Test func version1() {
    let folder = "/sys/fs/cgroup/cpu/jobs"
    var files = [
      "/proc/self/cgroup": "5:cpu,cpuacct:/jobs\n4:memory:/jobs\n",
      "\(folder)/cpu.cfs_quota_us": "50000\n", "\(folder)/cpu.cfs_period_us": "100000\n",
    ]
    #expect(count(files) == 1)
    files["\(folder)/cpu.cfs_quota_us"] = "-1\n"
    #expect(count(files) == 8)
  }
}
