import Foundation
import ParaTestSupport
import Testing

@testable import ParaTokenizers

/// The 47 cases that llama.cpp keeps per vocabulary (`ggml-vocab-*.gguf.inp` and `.out`): ids
/// without special tokens around the text.
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
