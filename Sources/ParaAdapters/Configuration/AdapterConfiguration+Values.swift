extension AdapterConfiguration {
  func positiveInteger(_ key: String) throws -> Int {
    guard case .integer(let value) = self[key], value > 0 else {
      throw wrong(key, "a whole number above 0")
    }
    return value
  }

  func number(_ key: String) throws -> Float {
    guard let value = self[key]?.double.map({ Float($0) }), value.isFinite else {
      throw wrong(key, "a number")
    }
    return value
  }

  func flag(_ key: String, default fallback: Bool) throws -> Bool {
    switch self[key] {
    case nil: return fallback
    case .flag(let flag): return flag
    default: throw wrong(key, "true or false")
    }
  }

  /// One of the texts that an enumeration names.
  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, default fallback: Choice)
    throws -> Choice where Choice.RawValue == String
  {
    guard let value = self[key] else { return fallback }
    guard case .text(let text) = value, let choice = Choice(rawValue: text) else {
      throw wrong(key, "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  /// The hash of the base model that an adapter was made for, if it says so.
  func baseModelHash() throws -> String? {
    guard let value = self["base_model_sha256"] else { return nil }
    guard case .text(let hash) = value else { throw wrong("base_model_sha256", "a text") }
    return hash.lowercased()
  }

  /// The name of the base model, for people.
  var baseModelName: String? { self["base_model_name_or_path"]?.texts?.first }
}
