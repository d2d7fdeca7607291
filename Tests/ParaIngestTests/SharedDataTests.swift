import Foundation
import ParaIngest
import ParaJSON
import ParaTestSupport
import Testing

/// Real files, compared with what `json`, `gzip`, `bz2`, `tarfile`, `zipfile` and `xml.etree` of
/// Python 3.11 (and `zstd -d`) read: the number of rows, and the UTF-8 bytes of all strings and
/// keys.
@Suite(.enabled(if: SharedData.isPresent, "the shared data sets are not here"))
struct SharedDataTests {
  @Test(arguments: [
    ("boolq/dev.jsonl", 3270, 2_122_992), ("boolq/superglue-val.jsonl", 3270, 2_126_262),
    ("gsm8k/test.jsonl", 1319, 721_646), ("gsm8k/train.jsonl", 7473, 4_008_040),
    ("gsm8k/example_model_solutions.jsonl", 1319, 2_386_488),
    ("wikisql/dev.jsonl", 8421, 1_002_051), ("wikisql/test.jsonl", 15878, 1_895_584),
    ("wikisql/example.pred.dev.jsonl.bz2", 8421, 2_064_674),
    ("openai-batch/groq-llama3.1-input.jsonl", 3, 629),
    ("openai-batch/openai-100-input.jsonl", 100, 79258),
    ("openai-batch/openai-100-output.jsonl", 100, 60308),
    ("openai-batch/local-1000-input.jsonl", 1000, 477_286),
    ("openai-batch/openai-1000-long-input.jsonl", 1000, 1_417_250),
    ("archives/CC-MAIN-20190717121559-20190717143559-00140.jsonl.gz", 697, 3_194_722),
    // Not compressed, in spite of its name.
    ("archives/CC-MAIN-20190717121559-20190717143559-00140.jsonl.zst", 697, 3_195_419),
    ("archives/HumanEval.jsonl.gz", 164, 198_658), ("archives/test.jsonl.gz", 1, 21),
    ("archives/test.jsonl.zst", 1, 21), ("archives/blns.jsonl.zst.tar", 8, 119_478),
    ("archives/nfcorpus.zip", 3633 + 3237, 6_055_548 + 340_918),
    ("archives/analogy.zip", 3656, 499_403), ("archives/analogy.tar.gz", 3656, 499_403),
  ])
  func readsAllRows(path: String, count: Int, bytes: Int) throws {
    let rows = try Rows(InputFile(SharedData.url(path)))
    #expect(rows.errors.isEmpty)
    #expect(rows.records.count == count)
    #expect(rows.records.reduce(0) { $0 + JSONValue.object($1.fields).textSize } == bytes)
  }

  /// The number of questions; the bytes of the contexts, counted once for each question; the bytes
  /// of the questions; the number of articles.
  @Test(arguments: [
    ("dev-v1.1.part1of2.json", 4961, 3_974_412, 304_675, 24),
    ("dev-v1.1.part2of2.json", 5609, 4_273_973, 329_779, 24),
    ("train-v1.1.44articles.json", 11877, 8_326_928, 721_269, 44),
  ])
  func readsSQuAD(file: String, count: Int, contexts: Int, questions: Int, titles: Int) throws {
    let url = SharedData.url("squad-v1.1/" + file)
    let rows = try Rows(InputFile(url, records: "data.paragraphs.qas"))
    #expect(rows.errors.isEmpty)
    #expect(rows.records.count == count)
    let names: Set = ["answers", "question", "id", "context", "title", "version"]
    #expect(rows.records.allSatisfy { Set($0.fields.keys) == names })
    #expect(rows.values("context").reduce(0) { $0 + ($1?.textSize ?? 0) } == contexts)
    #expect(rows.values("question").reduce(0) { $0 + ($1?.textSize ?? 0) } == questions)
    #expect(Set(rows.values("title")).count == titles)
    #expect(!rows.values("context").contains(.string("")))
    #expect(Set(rows.values("id")).count == count)
    #expect(rows.records[0].provenance.location == .path("data[0].paragraphs[0].qas[0]"))
  }

  @Test func readsCOPA() throws {
    let url = SharedData.url("copa/COPA-resources.tgz")
    let all = try Rows(InputFile(url))
    #expect(all.errors.isEmpty)
    #expect(all.records.count == 2000)
    // Of 16 files, three are XML; the others are results, scripts, a jar and a DTD.
    #expect(all.skipped.count == 13)
    #expect(
      all.skipped.contains(.init(name: "COPA-resources/datasets/copa.dtd", reason: .unknownFormat)))

    let dev = try Rows(InputFile(url, members: "*/copa-dev.xml", records: "item"))
    #expect(dev.records.count == 0)
    #expect(dev.errors.map(\.code) == [.nothingToRead])
  }

  @Test func readsOneMemberOfCOPA() throws {
    let url = SharedData.url("copa/COPA-resources.tgz")
    let dev = try Rows(InputFile(url, members: "copa-dev.xml", records: "item"))
    #expect(dev.errors.isEmpty)
    #expect(dev.records.count == 500)
    #expect(dev.values("asks_for").filter { $0 == .string("cause") }.count == 250)
    let parts = ["p", "a1", "a2"].flatMap { dev.values($0) }
    // 44,962 bytes, two of which are trailing spaces.
    #expect(parts.reduce(0) { $0 + ($1?.textSize ?? 0) } == 44960)
    let third = dev.records[2]
    #expect(
      third.fields == [
        "id": .string("3"), "asks_for": .string("cause"),
        "most_plausible_alternative": .string("2"), "p": .string("The women met for coffee."),
        "a1": .string("The cafe reopened in a new location."),
        "a2": .string("They wanted to catch up with each other."),
      ])
    // The item's start tag is on line 17 of the file.
    #expect(third.provenance.member == "COPA-resources/datasets/copa-dev.xml")
    #expect(third.provenance.location == .element(path: "/copa-corpus/item[3]", line: 17))
  }

  @Test func listsSkippedMembers() throws {
    for name in ["archives/analogy.tar.gz", "archives/analogy.zip"] {
      let rows = try Rows(InputFile(SharedData.url(name)))
      // Both archives hold 182 files, of which 11 are JSON Lines and 87 are macOS's.
      #expect(rows.skipped.count == 182 - 11)
      #expect(rows.skipped.filter { $0.reason == .macOSMetadata }.count == 87)
      #expect(Set(rows.skipped.map(\.reason)) == [.macOSMetadata, .unknownFormat])
    }
  }

  @Test func anArchiveOfTextHasNothingToRead() throws {
    let rows = try Rows(InputFile(SharedData.url("archives/blns.txt.zip")))
    #expect(rows.records.isEmpty)
    #expect(
      rows.errors.map(\.message) == [
        "the archive has no member to read records from (1 skipped); check the pattern for members "
          + "and the format"
      ])
  }
}

extension JSONValue {
  /// The bytes of all strings and keys inside.
  fileprivate var textSize: Int {
    switch self {
    case .string(let text): text.utf8.count
    case .array(let values): values.reduce(0) { $0 + $1.textSize }
    case .object(let fields):
      fields.members.reduce(0) { $0 + $1.key.utf8.count + $1.value.textSize }
    case .null, .bool, .integer, .bigInteger, .double: 0
    }
  }
}
