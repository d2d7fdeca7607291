internal import ParaJSON

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

  /// Files from before `prepend_scheme` say `add_prefix_space`.
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
