import Foundation
import ParaIngest
import ParaJSON
import ParaTestSupport
import Testing

struct ArchiveRecordTests {
  private let folder: TemporaryFolder
  private static let row = Data("{\"n\":1}\n".utf8)

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: CompressedSample.allCases)
  func readsFilesOfOtherCompressors(sample: CompressedSample) throws {
    let rows = try Rows(sample.data, in: folder)
    #expect(rows.errors.isEmpty)
    #expect(rows.values("id") == (0..<12).map { .integer($0) })
    let isArchive = sample.members != [nil]
    #expect(rows.places.first == (isArchive ? "input!a.jsonl:1" : "input:1"))
    #expect(rows.places.last == (isArchive ? "input!b.jsonl:6" : "input:12"))
  }

  @Test func choosesMembersByContent() throws {
    let tar = ArchiveBuilder.tar([
      TarEntry("rows", Self.row), TarEntry("folder/", kind: .folder),
      TarEntry("notes.txt", Data("some text\n".utf8)), TarEntry("._rows", Self.row),
      TarEntry("__MACOSX/rows", Self.row), TarEntry("link", kind: .symbolicLink),
      TarEntry("packed", ArchiveBuilder.zstd(Self.row)), TarEntry("blank", Data("\n".utf8)),
      TarEntry("doc.xml", Data("<c><i n='2'/></c>".utf8)),
      TarEntry("list.json", Data("[{\"n\":3}]".utf8)),
      TarEntry("inner.tar", ArchiveBuilder.tar(["rows": Self.row])),
    ])
    let rows = try Rows(tar, in: folder)
    #expect(rows.errors.isEmpty)
    #expect(
      rows.places == [
        "input!rows:1", "input!packed:1", "input!doc.xml:1:/c/i[1]", "input!list.json:[0]",
      ])
    #expect(
      rows.skipped == [
        .init(name: "notes.txt", reason: .unknownFormat),
        .init(name: "._rows", reason: .macOSMetadata),
        .init(name: "__MACOSX/rows", reason: .macOSMetadata),
        .init(name: "link", reason: .notAFile),
        .init(name: "blank", reason: .empty), .init(name: "inner.tar", reason: .unknownFormat),
      ])
  }

  @Test func choosesMembersByPattern() throws {
    let tar = ArchiveBuilder.tar([
      "a.jsonl": Self.row, "b.json": Self.row, "d/c.jsonl": Self.row,
      "d/bad.jsonl": Data("text\n".utf8), "d/bad.txt": Data("text\n".utf8), "._x.jsonl": Self.row,
    ])
    let rows = try Rows(tar, in: folder, members: "*.jsonl")
    #expect(rows.places == ["input!a.jsonl:1", "input!d/c.jsonl:1"])
    #expect(
      rows.messages == [
        "input!d/bad.jsonl:1: invalid JSON at byte 1 of the line: expected a value, found \"t\""
      ])
    #expect(rows.skipped.map(\.reason) == [.notMatched, .notMatched, .macOSMetadata])
    let text = try Rows(tar, in: folder, members: "d/*.txt")
    #expect(
      text.messages == [
        "input!d/bad.txt: the content is in another format; JSON Lines, JSON and XML can be read"
      ])
    let none = try Rows(tar, in: folder, members: "x*")
    #expect(
      none.messages == [
        "input: the archive has no member to read records from (6 skipped); check the pattern for "
          + "members and the format"
      ])
    expect(
      throws: "input: \"[a\" is no pattern for members: a \"[\" is not closed, or a set is empty"
    ) { try Rows(tar, in: folder, members: "[a") }
  }

  @Test func choosesMembersByFormat() throws {
    let tar = ArchiveBuilder.tar(["a": Self.row, "b": Data("<c><i n='2'/></c>".utf8)])
    #expect(try Rows(tar, in: folder, format: .xml).places == ["input!b:1:/c/i[1]"])
    #expect(try Rows(tar, in: folder, format: .jsonLines).places == ["input!a:1"])
  }

  @Test func onlyTheDamagedMemberIsLost() throws {
    let packed = ArchiveBuilder.gzip(Self.row + Self.row)
    let tar = ArchiveBuilder.tar([
      "a": packed.dropLast(9), "b": Self.row, "c": packed.dropLast() + [1], "d": Self.row,
    ])
    let rows = try Rows(tar, in: folder)
    #expect(rows.errors.map(\.code) == [.damaged, .damaged])
    #expect(rows.errors.map(\.provenance.member) == ["a", "c"])
    #expect(rows.places.filter { $0.hasPrefix("input!b") || $0.hasPrefix("input!d") }.count == 2)
    // Rows before the damage are read.
    #expect(rows.places.contains("input!c:2"))
  }

  @Test func encryptedMembersAreFailures() throws {
    let zip = ArchiveBuilder.zip(
      ["a": Self.row, "b": Self.row, "c.png": Self.row], encrypted: ["a", "c.png"])
    let rows = try Rows(zip, in: folder)
    #expect(rows.places == ["input!b:1"])
    #expect(
      rows.messages.first
        == "input!a: the archive member is encrypted; decrypt it or pack it without a password")
    #expect(rows.errors.count == 2)
    let chosen = try Rows(zip, in: folder, members: "b")
    #expect(chosen.errors.isEmpty)
  }

  @Test func aTruncatedFileGivesItsRowsAndOneFailure() throws {
    let lines = (1...50_000).map { "{\"n\":\($0)}\n" }.joined()
    let packed = ArchiveBuilder.gzip(Data(lines.utf8))
    let rows = try Rows(packed.dropLast(packed.count / 2), name: "rows.jsonl.gz", in: folder)
    #expect(rows.records.count > 10_000)
    #expect(rows.values("n") == (1...Int64(rows.records.count)).map { .integer($0) })
    #expect(
      rows.messages == [
        "rows.jsonl.gz:\(rows.records.count + 1): the data is damaged or cut off "
          + "(truncated gzip input); fetch or pack it again"
      ])
  }

  @Test func emptyFileWithCompressedNameIsAFailure() throws {
    for name in ["a.jsonl.gz", "a.TGZ", "a.zip"] {
      #expect(
        try Rows(Data(), name: name, in: folder).messages == [
          "\(name): the file is empty, which no archive or compressed file is; "
            + "fetch or pack it again"
        ])
    }
    #expect(try Rows(ArchiveBuilder.gzip(Data()), name: "a.gz", in: folder).errors.isEmpty)
    #expect(try Rows(Data(count: 5000), in: folder).errors.map(\.code) == [.nothingToRead])
  }

  @Test func bombsAreRefused() throws {
    // A gigabyte of spaces in one line, in 32 KiB.
    let bomb = ArchiveBuilder.zstdRun(of: 0x20, blocks: 8192)
    let limits = InputLimits(memberBytes: 1 << 20)
    let rows = try Rows(bomb, in: folder, format: .jsonLines, limits: limits)
    #expect(rows.records.isEmpty)
    #expect(rows.errors.map(\.code) == [.unpacksTooLarge])
  }

  @Test func reportsConsumedBytes() throws {
    for sample in CompressedSample.allCases where sample != .zip {
      let url = try folder.write(sample.data, to: "input")
      var reader = try RecordReader(InputFile(url))
      while reader.next() != nil { #expect(reader.consumedBytes <= sample.data.count) }
      #expect(reader.consumedBytes == sample.data.count)
    }
  }

  @Test func namesAreShownEscaped() throws {
    let tar = ArchiveBuilder.tar(["../../x\u{1B}[31m": Self.row])
    let rows = try Rows(tar, in: folder)
    #expect(rows.places == ["input!\\u{2E}\\u{2E}/\\u{2E}\\u{2E}/x\\u{1B}[31m:1"])
    #expect(rows.records[0].provenance.member == "../../x\u{1B}[31m")
  }

  @Test func filesThatCannotBeOpenedAreThrown() {
    let none = folder.url.appending(path: "none")
    expect(throws: "\(none.path): the file cannot be opened: there is no such file") {
      try RecordReader(InputFile(none))
    }
    expect(throws: "\(folder.url.relativePath): the file cannot be opened: it is a folder") {
      try RecordReader(InputFile(folder.url))
    }
  }
}
