import Foundation
import ParaArchives
import ParaTestSupport
import Testing

/// Truncated and altered files are detected, and never crash.
struct DamageTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: CompressedSample.allCases)
  func everyTruncationIsDetected(sample: CompressedSample) throws {
    for length in 2..<sample.data.count {
      let contents = try Contents(of: sample.data.prefix(length), in: folder)
      // Fewer bytes than a signature are an uncompressed file of these bytes.
      if contents.members.count == 1, contents.members[0].data == sample.data.prefix(length) {
        #expect(length < 6)
        continue
      }
      #expect(contents.errors.count == 1, "at \(length)")
      #expect(SampleRows.text.hasPrefix(contents.text), "at \(length)")
    }
  }

  @Test(arguments: CompressedSample.allCases)
  func everyTruncationInsideATarIsDetected(sample: CompressedSample) throws {
    for length in stride(from: 6, to: sample.data.count, by: 5) where sample.members == [nil] {
      let tar = ArchiveBuilder.tar([
        "a": sample.data.prefix(length), "b": Data("whole".utf8),
      ])
      let contents = try Contents(of: tar, in: folder)
      #expect(contents.names == ["a", "b"])
      #expect(contents.members[1].data == Data("whole".utf8))
      #expect(contents.errors.map(\.endsContainer) == [false], "at \(length)")
    }
  }

  @Test func everyTruncationOfATarIsDetected() throws {
    let tar = ArchiveBuilder.tar(["a": Data(count: 700), "b": Data("x".utf8)])
    // One zero block at the end is enough, so any shorter file must be an error.
    for length in stride(from: 512, to: tar.count - 512, by: 16) {
      #expect(try Contents(of: tar.prefix(length), in: folder).errors.count == 1, "at \(length)")
    }
    for length in (tar.count - 512)...tar.count {
      #expect(try Contents(of: tar.prefix(length), in: folder).errors.isEmpty, "at \(length)")
    }
  }

  @Test func missingEndMarkOfATarIsDetected() throws {
    let tar = ArchiveBuilder.tar([TarEntry("a", Data("x".utf8))], endMark: false)
    let contents = try Contents(of: tar, in: folder)
    #expect(contents.text == "x")
    #expect(
      contents.errors.map(\.description) == [
        "the data is damaged or cut off (the tar's end mark is missing); fetch or pack it again"
      ])
  }

  @Test(arguments: CompressedSample.allCases)
  func everyAlteredByteIsDetected(sample: CompressedSample) throws {
    for index in sample.data.indices {
      for mask: UInt8 in [0x01, 0x80, 0xFF] {
        var data = sample.data
        data[index] ^= mask
        let contents = try Contents(of: data, in: folder)
        let isPlain = contents.members.count == 1 && contents.members[0].data == data
        // Names and times may change without harm, and a file may become a link, which is not read.
        let isKept = contents.text == SampleRows.text
        let isListed = contents.members.contains { $0.member.kind != .file }
        let isAnswer = isKept || isListed || isPlain || !contents.errors.isEmpty
        #expect(isAnswer, "byte \(index) ^ \(mask)")
      }
    }
  }

  @Test(arguments: [CompressedSample.gzip, .bzip2, .xz, .zstd])
  func onlyZeroPaddingMayFollow(sample: CompressedSample) throws {
    let padded = sample.data + Data(count: 512)
    if sample != .zstd {
      let contents = try Contents(of: padded, in: folder)
      #expect(contents.errors.isEmpty)
      #expect(contents.text == SampleRows.text)
    }
    for rest in [
      Data("garbage".utf8), Data(repeating: 7, count: 600_000), Data([1]) + Data(count: 9),
    ] {
      let contents = try Contents(of: sample.data + rest, in: folder)
      #expect(contents.errors.map(\.code) == [.damaged], "\(sample) and \(rest.count) bytes")
    }
  }

  @Test func damagedSecondGzipMemberIsAnError() throws {
    var data = ArchiveBuilder.gzip(Data("a\n".utf8)) + ArchiveBuilder.gzip(Data("b\n".utf8))
    data[ArchiveBuilder.gzip(Data("a\n".utf8)).count] = 0
    let contents = try Contents(of: data, in: folder)
    #expect(contents.text == "a\n")
    #expect(
      contents.errors.map(\.description) == [
        "the data is damaged or cut off (gzip data ends at byte 25 and other bytes follow); "
          + "fetch or pack it again"
      ])
  }

  @Test func wrongChecksumIsDetected() throws {
    var data = ArchiveBuilder.gzip(SampleRows.data)
    data[data.count - 8] ^= 1
    #expect(
      try Contents(of: data, in: folder).errors.map(\.description) == [
        "the data is damaged or cut off (gzip's checksum does not agree with the data); "
          + "fetch or pack it again"
      ])
  }

  @Test func randomBytesNeverCrash() throws {
    var generator = SeededGenerator(seed: 20_240_301)
    let starts: [[UInt8]] =
      [[], [0x1F, 0x8B, 8, 0], [0x42, 0x5A, 0x68, 0x39], [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]]
      + [
        [0x28, 0xB5, 0x2F, 0xFD], [0x50, 0x4B, 3, 4], Array(TarEntry("a", Data(count: 9)).header),
      ]
    for round in 0..<700 {
      let count = Int.random(in: 0...2000, using: &generator)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let start = starts[round % starts.count]
      let contents = try Contents(of: Data(start + bytes), in: folder)
      let isAnswer = !contents.errors.isEmpty || !contents.members.isEmpty || bytes.isEmpty
      #expect(isAnswer, "round \(round)")
    }
  }

  @Test func alteredArchivesNeverCrash() throws {
    var generator = SeededGenerator(seed: 5)
    for round in 0..<600 {
      var data = CompressedSample.allCases[round % CompressedSample.allCases.count].data
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        data[Int.random(in: 0..<data.count, using: &generator)] = .random(
          in: 0...255, using: &generator)
      }
      let contents = try Contents(of: data, in: folder)
      #expect(contents.text.utf8.count < 1 << 20)
    }
  }
}
