extension TiktokenRanks {
  /// Llama 3's use of a rank file: its pattern, and 256 special tokens that follow the ranks and
  /// stand in no file.
  ///
  /// Names and places are those of Llama 3.1 to 3.3; Llama 3.0 calls three of them reserved.
  func llama3Parts() -> TokenizerParts {
    var parts = TokenizerParts(model: model())
    parts.preTokenizers = [
      SplitPreTokenizer(CL100KPattern(maximumDigits: 3), .isolated),
      ByteLevelPreTokenizer(addsPrefixSpace: false, usesPattern: false),
    ]
    parts.decoders = [ByteLevelDecoder()]
    parts.addedTokens = Self.llama3SpecialTokens.enumerated().map {
      AddedToken(id: TokenID(vocabulary.count + $0.offset), content: $0.element, isSpecial: true)
    }
    parts.beginOfSequence = parts.tokenID(of: "<|begin_of_text|>")
    parts.endOfSequence = parts.tokenID(of: "<|end_of_text|>")
    parts.template.prefix = parts.beginOfSequence.map { [$0] } ?? []
    return parts
  }

  /// Source: `tokenizer.py` of `meta-llama/llama-models`.
  private static let llama3SpecialTokens: [String] = {
    let named = [
      "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>",
      "<|reserved_special_token_1|>", "<|finetune_right_pad_id|>", "<|reserved_special_token_2|>",
      "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
    ]
    return named + (3..<248).map { "<|reserved_special_token_\($0)|>" }
  }()
}
