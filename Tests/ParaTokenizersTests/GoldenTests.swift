import Foundation
import ParaTestSupport
import Testing

@testable import ParaTokenizers

/// Compares with the ids and texts of `tokenizers` and `sentencepiece`. Their versions are recorded
/// in the golden files, which `Goldens/make_goldens.py` writes.
struct GoldenTests {
  @Test(
    "small tokenizer.json files that use every known part",
    arguments: [
      "bpe-llama3", "bpe-qwen2", "bpe-gemma", "unigram-nfkc", "unigram-strip", "unigram-nfkd",
      "bpe-words", "bpe-metaspace", "bpe-prefix",
      "split-removed", "split-isolated", "split-merged-with-previous", "split-merged-with-next",
      "split-contiguous", "added-tokens",
    ])
  func fixtures(name: String) throws {
    let tokenizer = try Tokenizer(tokenizerJSON: Golden.fixture("\(name).json"))
    let differences = try Golden.named(name)
      .differences(of: tokenizer, on: try TestTexts.load().own)
    #expect(differences == [])
  }

  @Test(
    "small SentencePiece models",
    arguments: ["unigram", "bpe"], ["rules", "bytes", "user-defined", "spaceless"])
  func sentencePieceFixtures(algorithm: String, plan: String) throws {
    let name = "sp-\(algorithm)-\(plan)"
    let tokenizer = try Tokenizer(sentencePiece: Golden.fixture("\(name).model"))
    let differences = try Golden.named(name)
      .differences(of: tokenizer, on: try TestTexts.load().own)
    #expect(differences == [])
  }

  @Test(
    "real vocabularies, on our texts and on lines of the corpora",
    .enabled(if: SharedData.isPresent, SharedData.missing),
    arguments: [
      "gpt2", "llama2", "llama2-sp", "llama3", "qwen2", "smollm", "mistral-v1", "mistral-v3",
      "tinystories4096",
    ])
  func sharedVocabularies(name: String) throws {
    let texts = try TestTexts.load().withCorpora()
    #expect(texts.count == 260)
    let differences = try Golden.named(name)
      .differences(of: try Vocabularies.named(name), on: texts)
    #expect(differences == [])
  }
}

/// Compares 1,000 lines of each corpus with each vocabulary with `tokenizers` and `sentencepiece`
/// (Goldens/make_corpora.py).
@Suite(.enabled(if: SharedData.isPresent, SharedData.missing))
struct CorpusGoldenTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      var vocabulary: String
      var corpus: String
      /// 24 bits of the checksum of the ids of each line.
      var ids: Data
      var decoded: UInt32
    }
    var lines: Int
    var shortest: Int
    var cases: [Case]
  }

  private let golden: Golden

  init() throws {
    let file = Fixtures.goldens("ParaTokenizersTests").appending(path: "corpora.json")
    golden = try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
  }

  @Test func theGoldensCoverEveryVocabulary() {
    #expect(golden.lines == 1000 && golden.cases.count == 9 * Corpus.allCases.count)
    #expect(Set(golden.cases.map(\.vocabulary)).count == 9)
  }

  @Test(arguments: Corpus.allCases) func everyLine(corpus: Corpus) throws {
    let lines = try corpus.lines(golden.lines, shortest: golden.shortest)
    for golden in golden.cases where golden.corpus == corpus.rawValue {
      let tokenizer = try Vocabularies.named(golden.vocabulary)
      let ids = lines.map { tokenizer.encode($0) }
      let sums = ids.map { Data(Self.checksum($0).littleEndianBytes.prefix(3)) }
      let wrong = lines.indices.filter { golden.ids[3 * $0..<3 * $0 + 3] != sums[$0] }
      #expect(wrong.isEmpty, "\(golden.vocabulary): \(wrong.prefix(3).map { lines[$0] })")
      let text = ids.map { tokenizer.decode($0) + "\n" }.joined()
      #expect(ArchiveBuilder.checksum(Data(text.utf8)) == golden.decoded, "\(golden.vocabulary)")
    }
  }

  private static func checksum(_ ids: [TokenID]) -> UInt32 {
    ArchiveBuilder.checksum(Data(ids.flatMap { UInt32(bitPattern: $0).littleEndianBytes }))
  }
}

extension UInt32 {
  fileprivate var littleEndianBytes: [UInt8] { withUnsafeBytes(of: littleEndian) { Array($0) } }
}
