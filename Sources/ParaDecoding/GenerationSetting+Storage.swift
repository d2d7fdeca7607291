/// How a setting's value is copied, decoded and encoded, whatever its type.
protocol SettingStorage {
  var path: AnyKeyPath { get }
  func copy(from source: GenerationSettings, to settings: inout GenerationSettings)
  /// Reads the value; nil for null.
  func decode<Key>(
    _ container: KeyedDecodingContainer<Key>, _ key: Key, into options: inout GenerationOptions
  ) throws
  func encode<Key>(
    _ settings: GenerationSettings, to container: inout KeyedEncodingContainer<Key>, _ key: Key
  ) throws
}

extension GenerationSetting {
  var storage: any SettingStorage {
    switch field {
    case .integer(let path, _): ValueStorage(keyPath: path)
    case .number(let path, _): ValueStorage(keyPath: path)
    case .flag(let path): ValueStorage(keyPath: path)
    case .texts(let path): ListStorage(keyPath: path)
    case .tokens(let path, _): ListStorage(keyPath: path)
    case .sequences(let path): ValueStorage(keyPath: path)
    case .biases(let path): ValueStorage(keyPath: path)
    case .decay(let path): ValueStorage(keyPath: path)
    case .earlyStopping(let path): ValueStorage(keyPath: path)
    }
  }
}

private protocol KeyPathStorage<Value>: SettingStorage {
  associatedtype Value: Codable
  var keyPath: GenerationSetting.Path<Value> { get }
}

extension KeyPathStorage {
  var path: AnyKeyPath { keyPath }

  func copy(from source: GenerationSettings, to settings: inout GenerationSettings) {
    settings[keyPath: keyPath] = source[keyPath: keyPath]
  }

  func decode<Key>(
    _ container: KeyedDecodingContainer<Key>, _ key: Key, into options: inout GenerationOptions
  ) throws {
    options[dynamicMember: keyPath] = try container.decodeIfPresent(Value.self, forKey: key)
  }

  func encode<Key>(
    _ settings: GenerationSettings, to container: inout KeyedEncodingContainer<Key>, _ key: Key
  ) throws {
    try container.encode(settings[keyPath: keyPath], forKey: key)
  }
}

private struct ValueStorage<Value: Codable>: KeyPathStorage {
  let keyPath: GenerationSetting.Path<Value>
}

/// A list, of which a single element needs no brackets.
private struct ListStorage<Element: Codable>: KeyPathStorage {
  let keyPath: GenerationSetting.Path<[Element]>

  func decode<Key>(
    _ container: KeyedDecodingContainer<Key>, _ key: Key, into options: inout GenerationOptions
  ) throws {
    let single = try? container.decode(Element.self, forKey: key)
    options[dynamicMember: keyPath] =
      try single.map { [$0] } ?? container.decodeIfPresent([Element].self, forKey: key)
  }
}
