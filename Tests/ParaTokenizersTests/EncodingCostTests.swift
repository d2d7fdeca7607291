import Foundation
import ParaTestSupport
import Testing

@testable import ParaTokenizers

/// The cost of encoding in time.
@Suite(.serialized) struct EncodingCostTests {
  /// Texts on which a step of quadratic time does not finish.
  static let hostile: [(name: String, unit: String)] = [
    ("one letter", "a"), ("one digit", "7"), ("spaces", " "), ("line breaks", "\n"),
    ("apostrophes", "'"), ("emoji", "🙂"), ("families", "👨\u{200D}👩\u{200D}👧"),
    ("no white space", "theLamp7日本"), ("marks", "e\u{301}\u{323}"), ("marks alone", "\u{301}"),
    ("the mark for spaces", "▁"), ("half a special token", "<|"),
  ]

  /// 32 times the text must take about 32 times as long, within what caches and a busy machine
  /// cause; a quadratic step would take a thousand times as long.
  private func expectLinear(_ tokenizer: Tokenizer, _ name: String) {
    for (text, unit) in Self.hostile {
      let short = seconds(tokenizer, unit, bytes: 1 << 15)
      let long = seconds(tokenizer, unit, bytes: 1 << 20)
      #expect(long < 200 * max(short, 0.002), "\(text) with \(name): \(short) s, then \(long) s")
      #expect(long < 10, "\(text) with \(name): \(long) s")
    }
  }

  /// The shorter of two runs.
  private func seconds(_ tokenizer: Tokenizer, _ unit: String, bytes: Int) -> Double {
    let text = String(repeating: unit, count: bytes / unit.utf8.count)
    return (0..<2).map { _ in Self.seconds { #expect(!tokenizer.encode(text).isEmpty) } }.min() ?? 0
  }

  /// The processor time of this thread, so that other processes do not count.
  private static func seconds(_ body: () -> Void) -> Double {
    let start = processorTime
    body()
    return processorTime - start
  }

  private static var processorTime: Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  @Test(arguments: [
    "split-isolated.json", "bpe-llama3.json", "bpe-qwen2.json", "bpe-gemma.json",
    "unigram-nfkc.json",
  ])
  func hostileTextTakesLinearTime(file: String) throws {
    expectLinear(try Tokenizer(tokenizerJSON: Golden.fixture(file)), file)
  }

  @Test(arguments: ["sp-bpe-bytes.model", "sp-unigram-bytes.model", "sp-bpe-spaceless.model"])
  func hostileTextTakesLinearTimeInSentencePiece(file: String) throws {
    expectLinear(try Tokenizer(sentencePiece: Golden.fixture(file)), file)
  }

  @Test(
    .enabled(if: SharedData.isPresent, SharedData.missing),
    arguments: ["gpt2", "llama2", "llama2-sp", "llama3", "qwen2", "mistral-v3"])
  func hostileTextTakesLinearTimeInRealVocabularies(name: String) throws {
    expectLinear(try Vocabularies.named(name), name)
  }

  static let isAskedForSpeed = ProcessInfo.processInfo.environment["PARA_SPEED_TESTS"] != nil

  /// Prints MB/s on one core; Goldens/speed.py compares them with `tokenizers`.
  @Test(
    .enabled(if: SharedData.isPresent, SharedData.missing),
    .enabled(if: isAskedForSpeed, "set PARA_SPEED_TESTS to measure, or run Goldens/speed.py"),
    arguments: ["gpt2", "llama2", "llama3", "qwen2", "smollm", "llama2-sp"])
  func speedOnEnglishText(name: String) throws {
    let tokenizer = try Vocabularies.named(name)
    let text = String(decoding: try Corpus.wikipedia.bytes(), as: UTF8.self)
    let best = (0..<5).map { _ in Self.seconds { _ = tokenizer.encode(text) } }.min() ?? 0
    print("speed \(name) \(Double(text.utf8.count) / 1e6 / best)")
  }
}
