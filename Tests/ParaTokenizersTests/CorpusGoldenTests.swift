import Foundation
import ParaTestSupport
import Testing

@testable import ParaTokenizers

/// 1,000 lines of each corpus with each vocabulary, against `tokenizers` and `sentencepiece`
/// (Goldens/make_corpora.py).
@Suite(.enabled(if: SharedData.isPresent, SharedData.missing))
struct CorpusGoldenTests {
  private struct Golden: Decodable {
    struct Case: Decodable {
      var vocabulary: String
      var corpus: String
      /// 24 bits of a checksum for each line.
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
