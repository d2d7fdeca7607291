import Testing

@testable import ParaPipeline

@Suite struct MachineMemoryTests {
  private func bytes(_ files: [String: String]) -> Int? {
    MachineMemory { files[$0] }.bytes
  }

  private static let machine = "MemTotal:       1000 kB\nMemFree: 500 kB\n"

  @Test func withoutALimitItIsTheMachines() {
    #expect(bytes(["/proc/meminfo": Self.machine]) == 1_024_000)
    #expect(
      bytes([
        "/proc/meminfo": Self.machine, "/proc/self/cgroup": "0::/\n",
        "/sys/fs/cgroup/memory.max": "max\n",
      ]) == 1_024_000)
    #expect(bytes([:]) == nil)
  }

  @Test func inVersion2TheLeastLimitOfTheGroupAndItsParents() {
    let files = [
      "/proc/meminfo": Self.machine, "/proc/self/cgroup": "0::/jobs/night\n",
      "/sys/fs/cgroup/jobs/memory.max": "300000\n", "/sys/fs/cgroup/jobs/night/memory.max": "max\n",
    ]
    #expect(bytes(files) == 300_000)
  }

  @Test func version1() {
    let files = [
      "/proc/meminfo": Self.machine,
      "/proc/self/cgroup": "5:cpu,cpuacct:/jobs\n4:memory:/jobs\n",
      "/sys/fs/cgroup/memory/jobs/memory.limit_in_bytes": "200000\n",
      "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
    ]
    #expect(bytes(files) == 200_000)
  }
}
