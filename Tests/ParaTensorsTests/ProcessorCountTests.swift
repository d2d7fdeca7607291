import ParaTensors
import Testing

@Suite struct ProcessorCountTests {
  private func count(_ files: [String: String]) -> Int {
    ProcessorCount(allowed: 8) { files[$0] }.count
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
