internal import ParaJSON

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
