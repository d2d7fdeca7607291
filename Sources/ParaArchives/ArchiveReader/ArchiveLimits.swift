/// How much a member may unpack to before it is taken for a decompression bomb.
///
/// Members are streamed, so the limits guard time, not memory.
package struct ArchiveLimits: Sendable, Hashable {
  /// The most bytes one member may unpack to.
  package var memberBytes: Int
  /// The most unpacked bytes for each packed byte, looked at once a member has unpacked to
  /// `ratioFreeBytes`: short members of real data are packed tighter than any bomb.
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
