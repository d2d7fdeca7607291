import Foundation
import ParaTestSupport
import Testing

@testable import ParaTokenizers

/// Against the ids and texts that `tokenizers` and `sentencepiece` give; their versions stand in
/// the golden files, `Goldens/make_goldens.py` makes them.
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
