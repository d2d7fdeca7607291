import Foundation
import Synchronization

/// A pool of memory regions mapped from the system. A freed region is kept for the next request of about
/// its size: fresh pages cost a page fault and zeroing each, and unmapping interrupts every processor.
///
/// If none of the kept regions fits, as many bytes of them are unmapped as are newly mapped, so that the
/// process never holds more than was in use at once.
final class MappedMemory: Sendable {
  struct Region: @unchecked Sendable {  // one owner at a time
    /// On a 64-byte boundary; large regions begin on a huge page.
    let base: UnsafeMutableRawPointer
    let byteCount: Int
    fileprivate let mapping: UnsafeMutableRawBufferPointer
  }

  static let shared = MappedMemory()

  /// The size from which regions begin on a huge page: fewer TLB misses, and the hardware prefetcher
  /// is not stopped by page boundaries.
  private static let large = 4 << 20
  private static let hugePage = 2 << 20
  private static let adviseHugePages: Int32 = 14  // MADV_HUGEPAGE

  /// Sorted by size.
  private let kept = Mutex<[Region]>([])

  /// A region of at least `byteCount` bytes, and at most 1/32 more; nil if the system cannot map it.
  func take(_ byteCount: Int) -> Region? {
    let (found, released) = kept.withLock { kept -> (Region?, [Region]) in
      let first = Self.place(of: byteCount, in: kept)
      if first < kept.count, kept[first].byteCount <= byteCount + byteCount / 32 {
        return (kept.remove(at: first), [])
      }
      var (released, bytes): ([Region], Int) = ([], 0)
      while bytes < byteCount, let largest = kept.popLast() {
        released.append(largest)
        bytes += largest.byteCount
      }
      return (nil, released)
    }
    Self.unmap(released)
    return found ?? Self.map(byteCount)
  }

  /// Unmaps all kept regions.
  func release() {
    let released = kept.withLock { kept in
      defer { kept.removeAll() }
      return kept
    }
    Self.unmap(released)
  }

  private static func unmap(_ regions: [Region]) {
    for region in regions { munmap(region.mapping.baseAddress, region.mapping.count) }
  }

  var keptBytes: Int { kept.withLock { $0.reduce(0) { $0 + $1.byteCount } } }

  func keep(_ region: Region) {
    kept.withLock { $0.insert(region, at: Self.place(of: region.byteCount, in: $0)) }
  }

  /// The index of the first kept region of at least `byteCount` bytes.
  private static func place(of byteCount: Int, in kept: [Region]) -> Int {
    var range = 0..<kept.count
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      range =
        kept[middle].byteCount < byteCount
        ? middle + 1..<range.upperBound : range.lowerBound..<middle
    }
    return range.lowerBound
  }

  private static func map(_ byteCount: Int) -> Region? {
    let isLarge = byteCount >= large
    let size = byteCount + (isLarge ? hugePage : 0)
    let start = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let start, start != MAP_FAILED else { return nil }
    let base = isLarge ? start.alignedUp(toMultipleOf: hugePage) : start
    #if os(Linux)
    if isLarge { madvise(base, byteCount, adviseHugePages) }
    #endif
    return Region(
      base: base, byteCount: byteCount,
      mapping: UnsafeMutableRawBufferPointer(start: start, count: size))
  }
}
