import Testing

@testable import ParaTensors

@Suite struct MappedMemoryTests {
  @Test func reusesARegionOfAboutTheSize() throws {
    let memory = MappedMemory()
    let first = try #require(memory.take(1 << 20))
    memory.keep(first)
    let smaller = try #require(memory.take((1 << 20) - 4096))
    #expect(smaller.base == first.base && smaller.byteCount == 1 << 20)
    memory.keep(smaller)
    let other = try #require(memory.take(1 << 19))
    #expect(other.byteCount == 1 << 19)
  }

  /// Kept regions are unmapped before as many bytes are newly mapped.
  @Test func holdsNoMoreThanWasInUse() throws {
    let memory = MappedMemory()
    let regions = (0..<8).compactMap { memory.take((1 << 20) + $0 * 65_536) }
    for region in regions { memory.keep(region) }
    let before = memory.keptBytes
    #expect(before >= 8 << 20)
    let large = try #require(memory.take(5 << 20))
    #expect(memory.keptBytes <= before - (5 << 20))
    memory.keep(large)
    #expect(memory.take(1 << 40) == nil && memory.keptBytes == 0)
  }

  @Test func releaseUnmapsAllKeptRegions() throws {
    let memory = MappedMemory()
    for region in (0..<3).compactMap({ memory.take((1 << 20) + $0) }) { memory.keep(region) }
    #expect(memory.keptBytes > 3 << 20)
    memory.release()
    #expect(memory.keptBytes == 0)
  }

  @Test func largeRegionsBeginOnHugePages() throws {
    let region = try #require(MappedMemory().take(5 << 20))
    #expect(Int(bitPattern: region.base) % (2 << 20) == 0)
    (region.base + (5 << 20) - 1).storeBytes(of: 1, as: UInt8.self)
  }
}

@Suite struct MachineMemoryTests {
  private func bytes(_ files: [String: String]) -> Int? {
    MachineMemory(files: SystemFiles { files[$0] }).bytes
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
