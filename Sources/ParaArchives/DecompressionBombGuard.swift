/// Stops the decompression of a member that exceeds the limits, by its size or by the ratio of
/// decompressed to compressed bytes.
struct DecompressionBombGuard {
  private let file: ArchiveHandle
  private let limits: ArchiveLimits
  private let start: Int
  private var decompressed = 0

  init(file: ArchiveHandle, limits: ArchiveLimits) {
    self.file = file
    self.limits = limits
    start = file.consumedBytes
  }

  mutating func add(_ count: Int) throws(ArchiveError) {
    decompressed += count
    if decompressed > limits.memberBytes {
      throw .tooLarge("more than \(limits.memberBytes) bytes")
    }
    // The file is consumed in blocks, so the difference may miss the first and the last.
    let compressed = file.consumedBytes - start + 2 * CallbackSource.capacity
    if decompressed > limits.ratioFreeBytes, decompressed / compressed >= limits.ratio {
      throw .tooLarge("\(limits.ratio) times its packed size or more")
    }
  }
}

/// The limits beyond which a member is taken for a decompression bomb.
///
/// Members are streamed, so the limits bound time, not memory.
package struct ArchiveLimits: Sendable, Hashable {
  /// The maximum decompressed size of one member, in bytes.
  package var memberBytes: Int
  /// The maximum ratio of decompressed to compressed bytes, checked once a member has decompressed to
  /// `ratioFreeBytes`: short members of real data can have higher ratios than a bomb.
  package var ratio: Int
  package var ratioFreeBytes: Int

  package init(
    memberBytes: Int = 1 << 36, ratio: Int = 250, ratioFreeBytes: Int = 64 << 20
  ) {
    self.memberBytes = memberBytes
    self.ratio = ratio
    self.ratioFreeBytes = ratioFreeBytes
  }
}
