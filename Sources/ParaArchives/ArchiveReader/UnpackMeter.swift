/// Counts what a member unpacks to against what of the file was used up for it.
struct UnpackMeter {
  private let file: ArchiveHandle
  private let limits: ArchiveLimits
  private let start: Int
  private var unpacked = 0

  init(file: ArchiveHandle, limits: ArchiveLimits) {
    self.file = file
    self.limits = limits
    start = file.consumedBytes
  }

  mutating func add(_ count: Int) throws(ArchiveError) {
    unpacked += count
    if unpacked > limits.memberBytes {
      throw .tooLarge("more than \(limits.memberBytes) bytes")
    }
    // The file is used up a block at a time, so the difference may miss the first and last.
    let packed = file.consumedBytes - start + 2 * Feed.capacity
    if unpacked > limits.ratioFreeBytes, unpacked / packed >= limits.ratio {
      throw .tooLarge("\(limits.ratio) times its packed size or more")
    }
  }
}
