import Foundation
import ParaArchives
import ParaTestSupport
import Testing

/// A gigabyte of spaces compressed to 32 KiB; §8 of the zstd format allows such runs.
struct LimitTests {
  private let folder: TemporaryFolder
  private let bomb = ArchiveBuilder.zstdRun(of: 0x20, blocks: 8192)

  init() throws { folder = try TemporaryFolder() }

  @Test func stopsAtTheRatio() throws {
    let limits = ArchiveLimits(ratio: 20, ratioFreeBytes: 1 << 20)
    for file in [bomb, ArchiveBuilder.tar(["a": bomb]), ArchiveBuilder.zip(["a": bomb])] {
      let contents = try Contents(of: file, in: folder, limits: limits, bufferSize: 1 << 16)
      #expect(contents.errors.map(\.code) == [.tooLarge])
      #expect(
        contents.errors.first?.message
          == "the data unpacks to 20 times its packed size or more; unpack and check it by hand, "
          + "or raise the limit")
      // The file is read in blocks of 256 KiB; two of them are added to the compressed size.
      #expect(contents.text.utf8.count < 24 << 20)
    }
  }

  @Test func stopsAtTheSize() throws {
    let limits = ArchiveLimits(memberBytes: 1 << 20)
    let contents = try Contents(of: bomb, in: folder, limits: limits, bufferSize: 1 << 16)
    #expect(contents.errors.map(\.code) == [.tooLarge])
    #expect(
      contents.errors.first?.message
        == "the data unpacks to more than 1048576 bytes; unpack and check it by hand, "
        + "or raise the limit")
    #expect(contents.text.utf8.count <= 1 << 20)
  }

  /// Bytes after the end mark of a tar are read too, to verify the end of the compressed stream.
  @Test func stopsInTheBytesAfterATar() throws {
    let tar = ArchiveBuilder.tar(["a": Data("x".utf8)])
    let padded = ArchiveBuilder.zstd(tar) + ArchiveBuilder.zstdRun(of: 0, blocks: 1024)
    let limits = ArchiveLimits(memberBytes: 1 << 20)
    let contents = try Contents(of: padded, in: folder, limits: limits)
    #expect(contents.text == "x")
    #expect(contents.errors.map(\.code) == [.tooLarge])
  }

  @Test func stopsInMembersThatAreNotRead() throws {
    let tar = ArchiveBuilder.tar(["a": Data(count: 3 << 20), "b": Data("x".utf8)])
    let file = try folder.write(ArchiveBuilder.zstd(tar), to: "file")
    var archive = try ArchiveReader(file, limits: ArchiveLimits(memberBytes: 1 << 20))
    #expect(try archive.nextMember()?.name == "a")
    #expect(throws: ArchiveError.self) { try archive.nextMember() }
    #expect(try archive.nextMember() == nil)
  }

  @Test func countsEachMemberSeparately() throws {
    let member = Data(repeating: 0x20, count: 700_000)
    let tar = ArchiveBuilder.tar(["a": member, "b": member])
    let limits = ArchiveLimits(memberBytes: 1_000_000)
    #expect(try Contents(of: tar, in: folder, limits: limits).errors.isEmpty)
    #expect(try Contents(of: ArchiveBuilder.gzip(tar), in: folder, limits: limits).errors.isEmpty)
  }
}
