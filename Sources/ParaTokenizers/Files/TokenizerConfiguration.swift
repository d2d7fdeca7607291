internal import Foundation
internal import ParaJSON

/// What `tokenizer_config.json`, `special_tokens_map.json` and `added_tokens.json` say, read as transformers 5.24
/// reads them: the two older files count only where the first has no `added_tokens_decoder`.
///
/// Keys that transformers does not read either, or that change no token (`model_max_length`, `padding_side`), pass.
struct TokenizerConfiguration {
  /// A token with a role; nil where the file says `null`, which is more than saying nothing: it switches a class's
  /// default off.
  typealias Role = (name: String, token: AddedToken?)

  static let standardRoles = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  /// `tokenizer_config.json`, or an empty object.
  let settings: JSONNode
  /// In the order of the files.
  private(set) var roles: [Role] = []
  /// `extra_special_tokens`, formerly `additional_special_tokens`.
  private(set) var extraTokens: [AddedToken] = []
  /// `added_tokens_decoder` and what stands for it in older files, by ascending id.
  private(set) var addedTokens: [AddedToken] = []

  /// - Parameter tokenizerJSON: The folder's `tokenizer.json`, if it has one.
  init(folder: URL, tokenizerJSON: JSONNode?) throws {
    let file = folder.appendingPathComponent("tokenizer_config.json")
    settings =
      FileBytes.exists(file)
      ? try FileBytes.json(file) : JSONNode(.object(JSONObject()), file: file.path)
    try refuseUnsupported()
    try readRoles(settings)
    if let decoder = try settings.member("added_tokens_decoder") {
      addedTokens = try decoder.members().map { key, node in
        try TokenizerJSON.addedToken(node, id: try Self.tokenID(key, node))
      }
    } else {
      try readOlderFiles(folder, tokenizerJSON)
    }
    addedTokens.sort { $0.id < $1.id }
    // A token's flags stand with the added token of that content, whatever the role says.
    for index in roles.indices {
      guard let content = roles[index].token?.content else { continue }
      roles[index].token = addedTokens.last { $0.hasContent(content) } ?? roles[index].token
    }
  }

  private func refuseUnsupported() throws {
    if let flag = try settings.member("fix_mistral_regex"), try flag.bool() {
      throw flag.unsupported("replacing the pattern of tokenizer.json is not supported")
    }
    if let inputs = try settings.member("init_inputs"), try !inputs.elements().isEmpty {
      throw inputs.unsupported("positional arguments of a tokenizer's class are not supported")
    }
    if let files = try settings.member("fast_tokenizer_files"),
      let other = try files.elements().first(where: { try $0.string() != "tokenizer.json" })
    {
      throw other.unsupported(
        "another file than tokenizer.json is not supported; rename it and remove this key")
    }
  }

  private static func tokenID(_ key: String, _ node: JSONNode) throws -> TokenID {
    guard let id = TokenID(key), id >= 0, id <= Vocabulary.maximumID else {
      throw node.malformed(
        "the token id \"\(key)\" is no number between 0 and \(Vocabulary.maximumID)")
    }
    return id
  }
}

extension TokenizerConfiguration {
  /// Roles and extra special tokens of a file; later files replace what earlier ones say of a role.
  private mutating func readRoles(_ file: JSONNode, allSpecial: Bool = false) throws {
    for (key, node) in try file.members() {
      switch key {
      case "extra_special_tokens": try readExtraTokens(node)
      case "additional_special_tokens":
        let other = try file.member("extra_special_tokens")
        if try other.map({ try !$0.isEmptyContainer() }) ?? false { continue }
        try readExtraTokens(node)
      default:
        guard Self.standardRoles.contains(key) || key.hasSuffix("_token") && node.isToken else {
          continue
        }
        setRole(key, try node.isNull ? nil : Self.token(node, isSpecial: allSpecial ? true : nil))
      }
    }
  }

  /// A list of tokens, or an object of tokens with roles of their own.
  private mutating func readExtraTokens(_ node: JSONNode) throws {
    switch node.value {
    case .null: break
    case .object: for (key, token) in try node.members() { setRole(key, try Self.token(token)) }
    default:
      for token in try node.elements().map({ try Self.token($0) })
      where !extraTokens.contains(where: { $0.hasContent(token.content) }) {
        extraTokens.append(token)
      }
    }
  }

  private mutating func setRole(_ name: String, _ token: AddedToken?) {
    roles.removeAll { $0.name == name }
    roles.append((name, token))
  }

  /// A token as a string, which makes it special, or as an object with flags.
  private static func token(_ node: JSONNode, isSpecial: Bool? = nil) throws -> AddedToken {
    guard case .object = node.value else {
      return AddedToken(id: 0, content: try node.string(), isSpecial: true)
    }
    return try TokenizerJSON.addedToken(node, id: 0, isSpecial: isSpecial)
  }

  /// `special_tokens_map.json`, `added_tokens.json` and the added tokens of `tokenizer.json`, each over the one before.
  private mutating func readOlderFiles(_ folder: URL, _ tokenizerJSON: JSONNode?) throws {
    if let map = try Self.json("special_tokens_map.json", in: folder) {
      try readRoles(map, allSpecial: true)
    }
    if let tokens = try Self.json("added_tokens.json", in: folder) {
      let special = roles.compactMap(\.token) + extraTokens
      for (content, node) in try tokens.members() {
        let isSpecial = special.contains { $0.hasContent(content) }
        addedTokens.append(
          AddedToken(
            id: try node.tokenID(), content: content, isNormalized: !isSpecial,
            isSpecial: isSpecial))
      }
    }
    let inFile = try tokenizerJSON?.member("added_tokens").map(TokenizerJSON.addedTokens) ?? []
    let replaced = Set(inFile.map(\.id))
    addedTokens.removeAll { replaced.contains($0.id) }
    addedTokens += inFile
  }

  static func json(_ name: String, in folder: URL) throws -> JSONNode? {
    let file = folder.appendingPathComponent(name)
    return FileBytes.exists(file) ? try FileBytes.json(file) : nil
  }
}

extension AddedToken {
  func hasContent(_ other: String) -> Bool { content.utf8.elementsEqual(other.utf8) }
}

extension JSONNode {
  /// A string, or an object with a token's content: what a key that ends in `_token` must be to name a token.
  fileprivate var isToken: Bool {
    switch value {
    case .string: true
    case .object(let object): object["content"] != nil
    default: false
    }
  }

  fileprivate func isEmptyContainer() throws -> Bool {
    switch value {
    case .object(let object): object.isEmpty
    default: try elements().isEmpty
    }
  }
}
