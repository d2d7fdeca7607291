import Foundation
import ParaArchives
import ParaTestSupport
import Testing

struct ArchiveReaderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: CompressedSample.allCases, [1, 7, 4096])
  func readsFilesOfOtherCompressors(sample: CompressedSample, bufferSize: Int) throws {
    let contents = try Contents(of: sample.data, in: folder, bufferSize: bufferSize)
    #expect(contents.errors.isEmpty)
    #expect(contents.names == sample.members)
    #expect(contents.text == SampleRows.text)
  }

  @Test(arguments: CompressedSample.allCases)
  func readsCompressedMembers(sample: CompressedSample) throws {
    let tar = ArchiveBuilder.tar(["plain": SampleRows.data, "packed": sample.data])
    let contents = try Contents(of: tar, in: folder)
    #expect(contents.errors.isEmpty)
    #expect(contents.names == ["plain", "packed"])
    let isStream = sample != .zip && sample != .tarGzip
    if isStream { #expect(contents.text == SampleRows.text + SampleRows.text) }
    // Archives inside archives are not opened.
    if sample == .zip { #expect(contents.members[1].data == sample.data) }
  }

  @Test func readsPlainFiles() throws {
    for content in [SampleRows.data, Data("BZ".utf8), Data([0x1F]), Data(repeating: 1, count: 600)]
    {
      let contents = try Contents(of: content, in: folder)
      #expect(contents.errors.isEmpty)
      #expect(contents.names == [nil])
      #expect(contents.members.first?.data == content)
    }
  }

  @Test func anEmptyFileHasNoMembers() throws {
    let contents = try Contents(of: Data(), in: folder)
    #expect(contents.members.isEmpty && contents.errors.isEmpty)
  }

  @Test func anEmptyStreamAndEmptyMembersAreEmpty() throws {
    let empty = ArchiveBuilder.gzip(Data())
    #expect(try Contents(of: empty, in: folder).text.isEmpty)
    #expect(try Contents(of: empty, in: folder).errors.isEmpty)
    let tar = ArchiveBuilder.tar(["a": Data(), "b": empty])
    let contents = try Contents(of: tar, in: folder)
    #expect(contents.errors.isEmpty)
    #expect(contents.names == ["a", "b"])
    #expect(contents.text.isEmpty)
    #expect(try Contents(of: ArchiveBuilder.tar([TarEntry]()), in: folder).errors.isEmpty)
  }

  @Test func readsCompressionUponCompression() throws {
    let twice = ArchiveBuilder.gzip(ArchiveBuilder.zstd(SampleRows.data))
    #expect(try Contents(of: twice, in: folder).text == SampleRows.text)
    let zippedTwice = ArchiveBuilder.gzip(ArchiveBuilder.gzip(SampleRows.data))
    #expect(try Contents(of: zippedTwice, in: folder).text == SampleRows.text)
  }

  @Test func readsMultiMemberStreams() throws {
    let parts = ArchiveBuilder.gzip(Data("a\n".utf8)) + ArchiveBuilder.gzip(Data("b\n".utf8))
    let contents = try Contents(of: parts, in: folder)
    #expect(contents.errors.isEmpty)
    #expect(contents.text == "a\nb\n")
    let frames = ArchiveBuilder.zstd(Data("a\n".utf8)) + ArchiveBuilder.zstd(Data("b\n".utf8))
    #expect(try Contents(of: frames, in: folder).text == "a\nb\n")
  }

  @Test func skipsMembersThatWereNotRead() throws {
    let big = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0) })
    let tar = ArchiveBuilder.tar(["a": big, "b": big, "c": Data("c".utf8)])
    for data in [tar, ArchiveBuilder.gzip(tar)] {
      var archive = try ArchiveReader(try folder.write(data, to: "file"))
      #expect(try archive.nextMember()?.name == "a")
      #expect(try archive.read(count: 5) == big.prefix(5))
      #expect(try archive.nextMember()?.name == "b")
      #expect(try archive.nextMember()?.name == "c")
      #expect(try archive.read(count: 10) == Data("c".utf8))
      #expect(try archive.nextMember() == nil)
      #expect(try archive.nextMember() == nil)
      #expect(try archive.read(count: 10).isEmpty)
    }
  }

  @Test func reportsKindsOfMembers() throws {
    let tar = ArchiveBuilder.tar([
      TarEntry("folder/", kind: .folder), TarEntry("folder/file", Data("x".utf8)),
      TarEntry("link", kind: .symbolicLink), TarEntry("hard", kind: .hardLink),
    ])
    let contents = try Contents(of: tar, in: folder)
    #expect(contents.members.map(\.member.kind) == [.folder, .file, .other, .other])
  }

  @Test func keepsNamesAsTheyAre() throws {
    let names: KeyValuePairs = [
      "../../etc/passwd": Data(), "/absolute": Data(), "näme 名.jsonl": Data(), "a\nb": Data(),
    ]
    #expect(try Contents(of: ArchiveBuilder.tar(names), in: folder).names == names.map(\.key))
    let zip = try Contents(of: ArchiveBuilder.zip(names), in: folder)
    #expect(zip.names == names.map(\.key))
    #expect(zip.errors.isEmpty)
  }

  @Test func replacesBytesInNamesThatAreNotUTF8() throws {
    let latin1 = Data("n\u{E4}me".unicodeScalars.map { UInt8($0.value) })
    let tar = ArchiveBuilder.tar([TarEntry(rawName: latin1, Data("x".utf8))])
    var zip = ArchiveBuilder.zip(["n~me": Data("x".utf8)], namesAreUTF8: false)
    while let tilde = zip.firstIndex(of: UInt8(ascii: "~")) { zip[tilde] = 0xE4 }
    for data in [tar, zip] {
      let contents = try Contents(of: data, in: folder)
      #expect(contents.names == ["n\u{FFFD}me"])
      #expect(contents.text == "x")
    }
  }

  @Test func onlyTheEncryptedMemberIsLost() throws {
    let zip = ArchiveBuilder.zip(
      ["a": Data("secret secret".utf8), "b": Data("open".utf8)], encrypted: ["a"])
    let contents = try Contents(of: zip, in: folder)
    #expect(contents.names == ["a", "b"])
    #expect(contents.text == "open")
    #expect(contents.errors.map(\.code) == [.encrypted])
    #expect(contents.errors.first?.endsContainer == false)
    #expect(
      contents.errors.first?.description
        == "the archive member is encrypted; decrypt it or pack it without a password")
  }

  @Test func filesThatCannotBeOpenedSayWhy() throws {
    func message(_ url: URL) -> String? {
      do {
        _ = try ArchiveReader(url)
        return nil
      } catch {
        return error.message
      }
    }
    #expect(
      message(folder.url.appending(path: "none"))
        == "the file cannot be opened: there is no such file")
    #expect(message(folder.url) == "the file cannot be opened: it is a folder")
  }
}
