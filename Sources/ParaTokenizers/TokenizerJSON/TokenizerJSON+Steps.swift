internal import ParaJSON

extension TokenizerJSON {
  static func normalizers(_ node: JSONNode) throws -> [any Normalizer] {
    try flatten(node, sequenceKey: "normalizers") { [try normalizer($0)] }
  }

  private static func normalizer(_ node: JSONNode) throws -> any Normalizer {
    let type = try node.type()
    if let form = UnicodeNormalizer.Form(rawValue: type) {
      try node.allowOnly("type")
      return UnicodeNormalizer(form: form)
    }
    switch type {
    case "Replace": return try replacement(node)
    case "Prepend":
      try node.allowOnly("type", "prepend")
      return PrependNormalizer(prefix: Array(try node.required("prepend").string().utf8))
    case "Lowercase":
      try node.allowOnly("type")
      return LowercaseNormalizer()
    case "StripAccents":
      try node.allowOnly("type")
      return StripAccentsNormalizer()
    case "Strip":
      try node.allowOnly("type", "strip_left", "strip_right")
      return StripNormalizer(
        stripsLeft: try node.required("strip_left").bool(),
        stripsRight: try node.required("strip_right").bool())
    case let other: throw node.unsupported("the normalizer \"\(other)\" is not supported")
    }
  }

  /// `Replace`, which is both a normalizer and a decoder.
  static func replacement(_ node: JSONNode) throws -> ReplaceNormalizer {
    try node.allowOnly("type", "pattern", "content")
    return ReplaceNormalizer(
      pattern: try pattern(try node.required("pattern")),
      content: Array(try node.required("content").string().utf8))
  }

  /// `{"String": …}` or `{"Regex": …}`; regular expressions are recognized by their text.
  static func pattern(_ node: JSONNode) throws -> any SplitPattern {
    try node.allowOnly("String", "Regex")
    if let string = try node.member("String") { return LiteralPattern(try literal(string)) }
    let regex = try node.required("Regex")
    let text = try regex.string()
    if GPT2Pattern.spellings.contains(text) { return GPT2Pattern() }
    if let digits = CL100KPattern.spellings[text] { return CL100KPattern(maximumDigits: digits) }
    throw regex.unsupported("the regular expression \(text) is not one of those known here")
  }
}

extension TokenizerJSON {
  static func preTokenizers(_ node: JSONNode) throws -> [any PreTokenizer] {
    try flatten(node, sequenceKey: "pretokenizers") { [try preTokenizer($0)] }
  }

  private static func preTokenizer(_ node: JSONNode) throws -> any PreTokenizer {
    switch try node.type() {
    case "ByteLevel":
      try node.allowOnly("type", "add_prefix_space", "trim_offsets", "use_regex")
      return ByteLevelPreTokenizer(
        addsPrefixSpace: try node.bool("add_prefix_space", default: true),
        usesPattern: try node.bool("use_regex", default: true))
    case "Split":
      try node.allowOnly("type", "pattern", "behavior", "invert")
      return SplitPreTokenizer(
        try pattern(try node.required("pattern")), try behavior(node),
        inverted: try node.bool("invert", default: false))
    case "Digits":
      try node.allowOnly("type", "individual_digits")
      let isolates = try node.bool("individual_digits", default: false)
      return SplitPreTokenizer(
        CharacterPattern { CharacterClass($0) == .number }, isolates ? .isolated : .contiguous)
    case "Metaspace": return try metaspace(node)
    case "Whitespace":
      try node.allowOnly("type")
      return SplitPreTokenizer(WordPattern(), .removed, inverted: true)
    case "WhitespaceSplit":
      try node.allowOnly("type")
      return SplitPreTokenizer(CharacterPattern { $0.properties.isWhitespace }, .removed)
    case "Punctuation":
      try node.allowOnly("type", "behavior")
      return SplitPreTokenizer(
        CharacterPattern { $0.isPunctuation },
        try node.member("behavior") == nil ? .isolated : try behavior(node))
    case let other: throw node.unsupported("the pre-tokenizer \"\(other)\" is not supported")
    }
  }

  private static func behavior(_ node: JSONNode) throws -> SplitBehavior {
    let behavior = try node.required("behavior")
    let name = try behavior.string()
    guard let known = SplitBehavior(rawValue: name) else {
      throw behavior.unsupported("the behavior \"\(name)\" is not known")
    }
    return known
  }

  private static func metaspace(_ node: JSONNode) throws -> MetaspacePreTokenizer {
    try node.allowOnly(
      "type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep")
    return MetaspacePreTokenizer(
      replacement: try literal(try node.required("replacement")),
      prependScheme: try prependScheme(node),
      splits: try node.bool("split", default: true))
  }

  /// Files older than `prepend_scheme` have `add_prefix_space`.
  static func prependScheme(_ node: JSONNode) throws -> MetaspacePreTokenizer.PrependScheme {
    guard let scheme = try node.member("prepend_scheme") else {
      return try node.bool("add_prefix_space", default: true) ? .always : .never
    }
    let name = try scheme.string()
    guard let known = MetaspacePreTokenizer.PrependScheme(rawValue: name) else {
      throw scheme.unsupported("\"\(name)\" is not one of always, first, never")
    }
    return known
  }
}

extension TokenizerJSON {
  static func decoders(_ node: JSONNode) throws -> [any TokenDecoder] {
    try flatten(node, sequenceKey: "decoders") { [try decoder($0)] }
  }

  private static func decoder(_ node: JSONNode) throws -> any TokenDecoder {
    switch try node.type() {
    case "ByteLevel":
      try node.allowOnly("type", "add_prefix_space", "trim_offsets", "use_regex")
      return ByteLevelDecoder()
    case "ByteFallback":
      try node.allowOnly("type")
      return ByteFallbackDecoder()
    case "Fuse":
      try node.allowOnly("type")
      return FuseDecoder()
    case "Replace": return ReplaceDecoder(replacement: try replacement(node))
    case "Strip":
      try node.allowOnly("type", "content", "start", "stop")
      return StripDecoder(
        content: try literal(try node.required("content")),
        start: try node.required("start").count(), stop: try node.required("stop").count())
    case "Metaspace":
      try node.allowOnly(
        "type", "replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep")
      return MetaspaceDecoder(
        replacement: try literal(try node.required("replacement")),
        dropsFirst: try prependScheme(node) != .never)
    case let other: throw node.unsupported("the decoder \"\(other)\" is not supported")
    }
  }
}
