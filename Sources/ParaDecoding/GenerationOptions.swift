/// Generation settings as a file gives them: each may be absent.
///
/// Read and written by the properties of ``GenerationSettings``, as optionals:
///
///     var options = GenerationOptions()
///     options.numBeams = 3
///     GenerationSettings(options.or(model.generationDefaults()))
@dynamicMemberLookup
public struct GenerationOptions: Sendable, Hashable {
  /// The values that were given, and defaults.
  fileprivate var values = GenerationSettings()
  /// The keys of the settings that were given.
  private var given: Set<String> = []

  public init() {}

  /// A setting of ``GenerationSetting/all``; nil if it was not given.
  public subscript<Value>(
    dynamicMember path: WritableKeyPath<GenerationSettings, Value>
  ) -> Value? {
    get { key(path).flatMap { given.contains($0) ? values[keyPath: path] : nil } }
    set {
      guard let key = key(path) else { return }
      values[keyPath: path] = newValue ?? GenerationSettings()[keyPath: path]
      if newValue == nil { given.remove(key) } else { given.insert(key) }
    }
  }

  private func key(_ path: AnyKeyPath) -> String? {
    GenerationSetting.all.first { $0.path == path }?.key
  }

  /// These settings, and `others` where these are absent.
  public func or(_ others: GenerationOptions) -> GenerationOptions {
    var merged = self
    for setting in GenerationSetting.all
    where others.given.contains(setting.key) && !given.contains(setting.key) {
      setting.storage.copy(from: others.values, to: &merged.values)
      merged.given.insert(setting.key)
    }
    merged.values.unsupported += others.values.unsupported
    return merged
  }

  /// Adds a setting of a model's file that is refused where it would have an effect.
  public mutating func add(_ unsupported: UnsupportedSetting) {
    values.unsupported.append(unsupported)
  }
}

extension GenerationSettings {
  /// The options, and the defaults where they are absent.
  public init(_ options: GenerationOptions = GenerationOptions()) { self = options.values }
}

/// A key of ``GenerationSetting``, as a file has it.
private struct SettingKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }

  static func camelCase(_ key: String) -> SettingKey {
    let words = key.split(separator: "_")
    let parts =
      words.prefix(1) + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
    return SettingKey(stringValue: parts.joined())
  }
}

extension GenerationOptions: Decodable {
  /// Reads JSON with the keys of `transformers`. Null settings are absent; other keys are ignored.
  public init(from decoder: any Decoder) throws {
    try self.init(from: decoder, GenerationSetting.all)
  }

  /// Reads some of the settings.
  package init(from decoder: any Decoder, _ settings: [GenerationSetting]) throws {
    let container = try decoder.container(keyedBy: SettingKey.self)
    for setting in settings {
      let key = SettingKey(stringValue: setting.key)
      guard container.contains(key) else { continue }
      try setting.storage.decode(container, key, into: &self)
    }
  }
}

/// The record of the settings in `run.json`, whose keys are in camel case.
extension GenerationSettings: Encodable {
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: SettingKey.self)
    for setting in GenerationSetting.all {
      let key = SettingKey.camelCase(setting.recordKey ?? setting.key)
      try setting.storage.encode(self, to: &container, key)
    }
  }
}
