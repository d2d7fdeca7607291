import ParaDecoding

extension GenerationOptions {
  /// The settings of a mapping in a job file; none for nil.
  ///
  /// - Throws: ``JobError`` for a key that is no setting, or a value of the wrong type or range.
  init(_ node: JobNode?) throws {
    self.init()
    guard let node else { return }
    let section = try JobSection<SettingKey>(
      node.mapping(without: ["until"], renaming: Self.otherNames(in: node)))
    for key in SettingKey.allCases {
      if let value = section[key] { try set(key.setting, to: value) }
    }
  }

  /// lm-evaluation-harness's names of `max_new_tokens`, and `until`, which a task reads itself.
  private static func otherNames(in node: JobNode) throws -> [String: String] {
    let names = ["max_gen_toks", "max_tokens", "max_completion_tokens"]
    let given = try node.entries().filter {
      let name = try $0.name.string()
      return name == "max_new_tokens" || names.contains(name)
    }
    if given.count > 1 {
      throw node.wrongValue(
        "has '\(try given[0].name.string())' and '\(try given[1].name.string())'; keep one")
    }
    return Dictionary(names.map { ($0, "max_new_tokens") }) { $1 }
  }

  private mutating func set(_ setting: GenerationSetting, to node: JobNode) throws {
    switch setting.field {
    case .integer(let path, _) where setting.isForSampling:
      self[dynamicMember: path] = try node.int(in: .min ... .max)
    case .integer(let path, let range): self[dynamicMember: path] = try node.int(in: range)
    case .number(let path, _) where setting.isForSampling:
      self[dynamicMember: path] = try node.double()
    case .number(let path, let range): self[dynamicMember: path] = try node.double(in: range)
    case .flag(let path): self[dynamicMember: path] = try node.bool()
    case .texts(let path): self[dynamicMember: path] = try node.strings()
    case .tokens(let path, _): self[dynamicMember: path] = try node.tokens()
    case .sequences(let path):
      self[dynamicMember: path] = try node.list().map { try $0.tokens() }
    case .biases(let path):
      self[dynamicMember: path] = try node.list().map { try SequenceBias($0.pair()) }
    case .decay(let path): self[dynamicMember: path] = try LengthDecay(node.pair())
    case .earlyStopping(let path): self[dynamicMember: path] = try node.earlyStopping()
    }
  }
}

/// A setting's key in a job file.
private struct SettingKey: RawRepresentable, CaseIterable, Hashable {
  let setting: GenerationSetting
  var rawValue: String { setting.key }

  static let allCases = GenerationSetting.all.map(SettingKey.init)

  private init(_ setting: GenerationSetting) { self.setting = setting }

  init?(rawValue: String) {
    guard let setting = GenerationSetting.all.first(where: { $0.key == rawValue }) else {
      return nil
    }
    self.setting = setting
  }

  static func == (a: SettingKey, b: SettingKey) -> Bool { a.rawValue == b.rawValue }
  func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

extension JobNode {
  fileprivate func double(in range: GenerationSetting.NumberRange) throws -> Double {
    switch range {
    case .finite: try double()
    case .above(let bound): try double(above: bound)
    case .closed(let range): try double(from: range.lowerBound, upTo: range.upperBound)
    }
  }

  /// A token or a list of tokens.
  fileprivate func tokens() throws -> [TokenID] {
    if let token = try? token() { return [token] }
    return try list().map { try $0.token() }
  }

  private func token() throws -> TokenID { TokenID(try int(in: 0...Int(TokenID.max))) }

  fileprivate func pair() throws -> (JobNode, JobNode) {
    let list = try list()
    guard list.count == 2 else { throw wrongValue("must have two elements, not \(list.count)") }
    return (list[0], list[1])
  }

  fileprivate func earlyStopping() throws -> EarlyStopping {
    guard let value = (try? string()).flatMap(EarlyStopping.init(rawValue:)) else {
      throw wrongKind("true, false or \"never\"")
    }
    return value
  }
}

extension SequenceBias {
  fileprivate init(_ pair: (tokens: JobNode, bias: JobNode)) throws {
    self.init(tokens: try pair.tokens.tokens(), bias: try pair.bias.double())
  }
}

extension LengthDecay {
  fileprivate init(_ pair: (start: JobNode, factor: JobNode)) throws {
    self.init(start: try pair.start.int(in: 0...(.max)), factor: try pair.factor.double(above: 0))
  }
}
