import Testing

@testable import ParaTensors

@Suite struct MappedMemoryTests {
  @Test func keepsARegionForOneOfAboutItsSize() throws {
    let memory = MappedMemory()
    let first = try #require(memory.take(1 << 20))
    memory.keep(first)
    let smaller = try #require(memory.take((1 << 20) - 4096))
    #expect(smaller.base == first.base && smaller.byteCount == 1 << 20)
    memory.keep(smaller)
    let other = try #require(memory.take(1 << 19))
    #expect(other.byteCount == 1 << 19)
  }

  /// What is kept goes back before as much is newly mapped.
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

  @Test func givesAllThatIsKeptBack() throws {
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
