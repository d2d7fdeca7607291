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

  /// `Replace`, which is a normaliser and a decoder.
  static func replacement(_ node: JSONNode) throws -> ReplaceNormalizer {
    try node.allowOnly("type", "pattern", "content")
    return ReplaceNormalizer(
      pattern: try pattern(try node.required("pattern")),
      content: Array(try node.required("content").string().utf8))
  }

  /// `{"String": …}` or `{"Regex": …}`; of regular expressions those that are in use, by their
  /// text.
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
