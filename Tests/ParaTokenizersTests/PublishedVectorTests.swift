import Foundation
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaTokenizers

/// Test vectors of swift-transformers, made with transformers: ids with special tokens, and both
/// ways to decode them.
@Suite(.enabled(if: SharedData.isPresent, SharedData.missing))
struct TransformersVectorTests {
  struct Input: Decodable {
    let id: String
    let text: String
  }

  struct Baseline: Decodable {
    struct Entry: Decodable {
      let id: String
      let inputIds: [TokenID]
      let decodedWithSpecial: String
      let decodedSkipSpecial: String
    }
    let entries: [Entry]
  }

  @Test(
    "83 texts in many scripts",
    arguments: [
      ("gpt2", "tokenizer-gpt2/gpt2_multilingual.json"),
      ("llama2", "tokenizer-llama2/tinyllama_multilingual.json"),
      ("qwen2", "tokenizer-qwen2/qwen2_5_multilingual.json"),
    ])
  func multilingual(vocabulary: String, file: String) throws {
    let tokenizer = try Vocabularies.named(vocabulary)
    let inputs = try SharedData.json("tokenizer-conformance-inputs/inputs.json", as: [Input].self)
    let texts = Dictionary(uniqueKeysWithValues: inputs.map { ($0.id, $0.text) })
    let entries = try SharedData.json(file, as: Baseline.self).entries
    #expect(entries.count == 83)
    for entry in entries {
      #expect(tokenizer.encode(try #require(texts[entry.id])) == entry.inputIds, "\(entry.id)")
      expectBytes(tokenizer.decode(entry.inputIds), entry.decodedSkipSpecial)
      expectBytes(
        tokenizer.decode(entry.inputIds, skippingSpecialTokens: false), entry.decodedWithSpecial)
    }
  }

  struct Case: Decodable {
    struct Encoded: Decodable {
      let inputIds: [TokenID]
    }
    let input: String
    let encoded: Encoded
    let decodedWithSpecial: String
    let decodedWithoutSpecial: String
  }

  @Test(
    "18 texts, encoded and decoded",
    arguments: [
      ("gpt2", "distilgpt2", true),
      ("llama2", "coreml-projects/Llama-2-7b-chat-coreml", false),
      ("llama3", "pcuenq/Llama-3.2-1B-Instruct-tokenizer", true),
    ])
  func cases(vocabulary: String, model: String, cleansUp: Bool) throws {
    let tokenizer = try Vocabularies.named(vocabulary)
    let all = try SharedData.json(
      "tokenizer-conformance-inputs/tokenizer_tests.json", as: [String: [Case]].self)
    let cases = try #require(all[model])
    #expect(cases.count == 18)
    for item in cases {
      let ids = item.encoded.inputIds
      #expect(tokenizer.encode(item.input) == ids, "\(item.input)")
      let pairs = [
        (tokenizer.decode(ids), item.decodedWithoutSpecial),
        (tokenizer.decode(ids, skippingSpecialTokens: false), item.decodedWithSpecial),
      ]
      for (found, expected) in pairs {
        expectBytes(cleansUp ? cleanedUp(found) : found, expected)
      }
    }
  }

  /// `clean_up_tokenization` of transformers, which two of the models use and which is not
  /// implemented here.
  private func cleanedUp(_ text: String) -> String {
    let rules = [
      (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
      (" 'm", "'m"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
    ]
    return rules.reduce(text) { $0.replacingOccurrences(of: $1.0, with: $1.1) }
  }

  struct Article: Decodable {
    let text: String
    let tokenIds: [TokenID]
    let decodedText: String
  }

  @Test(
    "a French article",
    arguments: [
      ("gpt2", "tokenizer-gpt2/gpt2_encoded_tokens.json"),
      ("llama2", "tokenizer-llama2/llama_encoded.json"),
      ("llama3", "tokenizer-llama3/llama_3.2_encoded.json"),
    ])
  func article(vocabulary: String, file: String) throws {
    let tokenizer = try Vocabularies.named(vocabulary)
    let article = try SharedData.json(file, as: Article.self)
    #expect(tokenizer.encode(article.text) == article.tokenIds)
    expectBytes(
      tokenizer.decode(article.tokenIds, skippingSpecialTokens: false), article.decodedText)
  }

  private struct GemmaArticle: Decodable {
    let bpeTokens: [String]
    let tokenIds: [TokenID]
    let decodedText: String
  }

  /// Gemma's vocabulary is not among the shared data, but the article lists the pieces of its ids,
  /// which is enough to decode it with the decoder of Gemma's tokenizer.json.
  @Test func decodesGemmaArticle() throws {
    let article = try SharedData.json(
      "tokenizer-gemma-vectors-only/gemma_encoded.json", as: GemmaArticle.self)
    let pieces = Dictionary(zip(article.bpeTokens, article.tokenIds.dropFirst())) { $1 }
    let vocabulary = try JSONEncoder().encode(pieces)
    let json = """
      {"version": "1.0", "added_tokens": [{"id": 2, "content": "<bos>", "special": true}],
       "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
       "pre_tokenizer": {"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious",
                         "invert": false},
       "decoder": {"type": "Sequence", "decoders": [
         {"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"},
         {"type": "Fuse"}]},
       "model": {"type": "BPE", "vocab": \(String(decoding: vocabulary, as: UTF8.self)), "merges": []}}
      """
    let file = try JSONNode(parsing: Array(json.utf8), file: "gemma")
    let tokenizer = Tokenizer(try TokenizerJSON.components(file))
    #expect(article.tokenIds.count == article.bpeTokens.count + 1)
    expectBytes(
      tokenizer.decode(article.tokenIds, skippingSpecialTokens: false), article.decodedText)
  }

  /// Compares bytes: `String` takes canonically equivalent texts for equal.
  private func expectBytes(_ found: String, _ expected: String) {
    #expect(found.utf8.elementsEqual(expected.utf8), "\(found) is not \(expected)")
  }
}

/// The 47 test cases that llama.cpp has for each vocabulary (`ggml-vocab-*.gguf.inp` and `.out`):
/// ids without special tokens around the text.
@Suite(.enabled(if: SharedData.isPresent, SharedData.missing))
struct LlamaCppVectorTests {
  @Test(arguments: [
    ("gpt2", "tokenizer-gpt2/ggml-vocab-gpt-2"),
    ("gpt2-pair", "tokenizer-gpt2/ggml-vocab-gpt-2"),
    ("llama2", "tokenizer-llama2/ggml-vocab-llama-spm"),
    ("llama2-sp", "tokenizer-llama2/ggml-vocab-llama-spm"),
    ("llama3", "tokenizer-llama3/ggml-vocab-llama-bpe"),
    ("qwen2", "tokenizer-qwen2/ggml-vocab-qwen2"),
  ])
  func vectors(vocabulary: String, files: String) throws {
    let tokenizer = try Vocabularies.named(vocabulary)
    let inputs = try String(contentsOf: SharedData.url("\(files).gguf.inp"), encoding: .utf8)
      .components(separatedBy: "\n__ggml_vocab_test__\n")
    let outputs = try String(contentsOf: SharedData.url("\(files).gguf.out"), encoding: .utf8)
      .split(separator: "\n", omittingEmptySubsequences: false)
    #expect(inputs.count == 47)
    for (input, output) in zip(inputs, outputs) {
      let expected = output.split(separator: " ").compactMap { TokenID($0) }
      #expect(tokenizer.encode(input, addingSpecialTokens: false) == expected, "\(input)")
    }
  }
}
