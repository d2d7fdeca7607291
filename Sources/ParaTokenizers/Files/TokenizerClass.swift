internal import ParaJSON

/// The classes of transformers that build a tokenizer's steps themselves and take only vocabulary, merges and special
/// tokens from the files. All others take `tokenizer.json` as it stands.
enum TokenizerClass: String {
  case llama = "LlamaTokenizer"
  case gemma = "GemmaTokenizer"
  case qwen2 = "Qwen2Tokenizer"
  case gpt2 = "GPT2Tokenizer"

  /// The class that `AutoTokenizer` of transformers 5.24 chooses; nil for the one that takes the files as they are.
  ///
  /// - Parameters:
  ///   - configuration: `tokenizer_config.json`, or an empty object.
  ///   - model: The model's `config.json`.
  ///   - isByteLevel: Whether the folder has a `tokenizer.json` with a `ByteLevel` step.
  /// - Throws: An error for a class that builds its own steps and is not known here.
  init?(_ configuration: JSONNode, model: JSONNode?, isByteLevel: Bool) throws {
    let named =
      try configuration.member("tokenizer_class") ?? model?.member("tokenizer_class")
    let name = try named?.string().withoutFast
    let modelType = try model?.member("model_type")?.string() ?? ""
    let usual = Self.byModelType[modelType]
    let isOverruled = Self.overruledModelTypes.contains(modelType)
    if name == Self.llama.rawValue, isByteLevel, !isOverruled { return nil }
    guard let name else {
      guard let usual, let known = TokenizerClass(rawValue: usual) else { return nil }
      self = known
      return
    }
    let chosen = usual.map { isOverruled || $0 == Self.asInFiles ? $0 : name } ?? name
    if let known = TokenizerClass(rawValue: chosen) {
      self = known
      return
    }
    guard Self.otherClasses.contains(chosen), let named else { return nil }
    throw named.unsupported(
      "the tokenizer class \(chosen) builds steps of its own, which are not known here;"
        + " \(Self.asInFiles) would take tokenizer.json as it stands")
  }

  private static let asInFiles = "TokenizersBackend"

  /// transformers' own choice by `model_type`, which goes before the class in the files where it is
  /// `TokenizersBackend`.
  ///
  /// Source: `TOKENIZER_MAPPING_NAMES` of transformers 5.24, for the families that run here.
  private static let byModelType = [
    "gemma": "GemmaTokenizer", "gemma2": "GemmaTokenizer", "gemma3": "GemmaTokenizer",
    "gemma3_text": "GemmaTokenizer", "gpt2": "GPT2Tokenizer", "qwen2": "Qwen2Tokenizer",
    "qwen2_moe": "Qwen2Tokenizer", "qwen3": "Qwen2Tokenizer", "qwen3_moe": "Qwen2Tokenizer",
    "mistral": asInFiles, "ministral": asInFiles, "olmo2": asInFiles, "olmo3": asInFiles,
    "phi3": asInFiles,
  ]

  /// Source: `MODELS_WITH_INCORRECT_HUB_TOKENIZER_CLASS` of transformers 5.24, likewise.
  private static let overruledModelTypes: Set = ["qwen2", "phi3"]

  /// The other classes of transformers 5.24 whose `__init__` builds a tokenizer.
  private static let otherClasses = Set(
    """
    AlbertTokenizer BarthezTokenizer BertTokenizer BigBirdTokenizer BlenderbotTokenizer CLIPTokenizer \
    CamembertTokenizer CodeGenTokenizer CodeLlamaTokenizer CohereTokenizer CpmTokenizer DPRContextEncoderTokenizer \
    DPRQuestionEncoderTokenizer DPRReaderTokenizer DebertaTokenizer DebertaV2Tokenizer DistilBertTokenizer \
    EsmcTokenizer FunnelTokenizer GPTNeoXTokenizer HerbertTokenizer LasrTokenizer LayoutLMv2Tokenizer \
    LayoutLMv3Tokenizer LayoutXLMTokenizer LukeTokenizer MBart50Tokenizer MBartTokenizer MLukeTokenizer \
    MPNetTokenizer MarkupLMTokenizer NllbTokenizer NougatTokenizer OpenAIGPTTokenizer PegasusTokenizer \
    Qwen3_5Tokenizer ReformerTokenizer RemBertTokenizer RoFormerTokenizer RobertaTokenizer SeamlessM4TTokenizer \
    Siglip2Tokenizer SplinterTokenizer T5Tokenizer Tipsv2Tokenizer UdopTokenizer VideoPrismTokenizer WhisperTokenizer \
    XGLMTokenizer XLMRobertaTokenizer XLNetTokenizer
    """.split(separator: " ").map(String.init))
}

extension String {
  fileprivate var withoutFast: String { hasSuffix("Fast") ? String(dropLast(4)) : self }
}

extension TokenizerClass {
  /// The roles that the class fills where the files say nothing of them.
  var defaultRoles: [TokenizerConfiguration.Role] {
    let contents: [(String, String)] =
      switch self {
      case .llama: [("unk_token", "<unk>"), ("bos_token", "<s>"), ("eos_token", "</s>")]
      case .gemma:
        [
          ("unk_token", "<unk>"), ("bos_token", "<bos>"), ("eos_token", "<eos>"),
          ("pad_token", "<pad>"), ("mask_token", "<mask>"),
        ]
      case .qwen2: ["unk_token", "eos_token", "pad_token"].map { ($0, "<|endoftext|>") }
      case .gpt2: ["unk_token", "bos_token", "eos_token"].map { ($0, "<|endoftext|>") }
      }
    return contents.map { ($0, AddedToken(id: 0, content: $1, isSpecial: true)) }
  }

  /// Replaces all steps by those of the class, and drops added tokens. The template stays.
  ///
  /// - Parameters:
  ///   - configuration: `tokenizer_config.json`, or an empty object.
  ///   - unknown: The piece of the unknown token.
  /// - Throws: An error if the model is not byte-pair encoding.
  func rebuild(
    _ parts: inout TokenizerComponents, _ configuration: JSONNode, unknown: String?
  ) throws {
    guard let model = parts.model as? BytePairModel else {
      throw configuration.unsupported(
        "the tokenizer class \(rawValue) needs byte-pair encoding, and the vocabulary is of another kind"
      )
    }
    let spaces = try configuration.member("add_prefix_space")?.bool()
    parts.addedTokens = []
    parts.normalizers = []
    switch self {
    case .llama: try rebuildLlama(&parts, configuration, addsPrefixSpace: spaces ?? true)
    case .gemma: rebuildGemma(&parts)
    case .qwen2: rebuildQwen2(&parts, addsPrefixSpace: spaces ?? false)
    case .gpt2:
      parts.preTokenizers = [
        ByteLevelPreTokenizer(addsPrefixSpace: spaces ?? false, usesPattern: true)
      ]
      parts.decoders = [ByteLevelDecoder()]
    }
    parts.model = model.replacing(unknown: policy(of: model.vocabulary, unknown: unknown))
    if self == .llama || self == .gemma, model.allowsWordStartSplit {
      parts.preTokenizers.append(WordStartSplit())
    }
  }

  private func policy(of vocabulary: Vocabulary, unknown: String?) -> UnknownPolicy {
    switch self {
    case .llama:
      UnknownPolicy(
        byteTokens: BytePiece.tokens(in: vocabulary), token: nil, fusesRuns: true)
    case .gemma:
      UnknownPolicy(
        byteTokens: BytePiece.tokens(in: vocabulary),
        token: unknown.flatMap { vocabulary.id(of: $0) }, fusesRuns: true)
    case .qwen2, .gpt2: UnknownPolicy(byteTokens: nil, token: nil, fusesRuns: false)
    }
  }

  private func rebuildLlama(
    _ parts: inout TokenizerComponents, _ configuration: JSONNode, addsPrefixSpace: Bool
  ) throws {
    let mark = SentencePieceNormalizer.mark
    let isLegacy = try configuration.bool("legacy", default: false)
    parts.preTokenizers = [
      MetaspacePreTokenizer(
        replacement: mark,
        prependScheme: addsPrefixSpace ? (isLegacy ? .always : .first) : .never, splits: false)
    ]
    parts.decoders = Self.markDecoders
    if addsPrefixSpace { parts.decoders.append(StripDecoder(content: [0x20], start: 1, stop: 0)) }
  }

  private func rebuildGemma(_ parts: inout TokenizerComponents) {
    let mark = SentencePieceNormalizer.mark
    parts.normalizers = [ReplaceNormalizer(pattern: LiteralPattern([0x20]), content: mark)]
    parts.preTokenizers = [SplitPreTokenizer(LiteralPattern([0x20]), .mergedWithPrevious)]
    parts.decoders = Self.markDecoders
  }

  private func rebuildQwen2(_ parts: inout TokenizerComponents, addsPrefixSpace: Bool) {
    parts.normalizers = [UnicodeNormalizer(form: .nfc)]
    parts.preTokenizers = [
      SplitPreTokenizer(CL100KPattern(maximumDigits: 1), .isolated),
      ByteLevelPreTokenizer(addsPrefixSpace: addsPrefixSpace, usesPattern: false),
    ]
    parts.decoders = [ByteLevelDecoder()]
  }

  private static let markDecoders: [any TokenDecoder] = [
    ReplaceDecoder(
      replacement: ReplaceNormalizer(
        pattern: LiteralPattern(SentencePieceNormalizer.mark), content: [0x20])),
    ByteFallbackDecoder(), FuseDecoder(),
  ]
}
