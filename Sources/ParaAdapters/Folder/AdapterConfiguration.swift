import Foundation
import ParaCheckpoints
import ParaJSON

/// `adapter_config.json`: the keys that change what an adapter computes, read strictly.
///
/// PEFT writes many keys at their defaults, and every release adds some. An unknown key is harmless
/// while it is null, false or empty; with any other value the adapter would compute something else than
/// it does here, so it is refused.
struct AdapterConfiguration {
  let url: URL
  let method: AdapterMethod
  private let values: JSONObject

  /// Keys that say how an adapter was trained or where it came from, not what it computes.
  private static let inert: Set<String> = [
    "peft_type", "peft_version", "auto_mapping", "base_model_name_or_path", "revision", "task_type",
    "inference_mode", "base_model_sha256",
    "lora_dropout", "init_ia3_weights", "loftq_config", "corda_config", "eva_config",
    "lora_ga_config", "qalora_group_size", "megatron_core", "runtime_config",
    "ephemeral_gpu_offload", "ensure_weight_tying",
    // The projections of the models here are Linear, for which PEFT resets it to false.
    "fan_in_fan_out",
  ]

  init(_ url: URL) throws {
    self.url = url
    let values = try Self.read(url)
    self.values = values
    let type = values["peft_type"]?.strings?.first ?? "missing"
    guard let method = AdapterMethod(peftType: type, isSet: { values[$0] == .bool(true) }) else {
      throw CheckpointError(
        .unsupported, url, "has peft_type \(type); \(AdapterMethod.peftTypes) are supported.")
    }
    self.method = method
    try refuseUnknownKeys()
  }

  var kind: any AdapterKind.Type { method.kind }

  private static func read(_ url: URL) throws -> JSONObject {
    guard FileManager.default.fileExists(atPath: url.path) else {
      throw CheckpointError(
        .unreadable, url, "cannot be read; a PEFT adapter folder has this file.")
    }
    return try JSONFile.object(url)
  }

  private func refuseUnknownKeys() throws {
    let known = Self.inert.union(kind.keys).union(kind.flag.map { [$0] } ?? [])
    for member in values.members.sorted(by: { $0.key < $1.key })
    where !known.contains(member.key) && !member.value.asksForNothing {
      throw CheckpointError(
        .unsupported, url,
        "has the key \(member.key) with the value \(member.value), which is not supported for \(kind.name)."
      )
    }
  }

  /// The key's value; nil if it is absent or null.
  subscript(key: String) -> JSONValue? {
    guard let value = values[key], value != .null else { return nil }
    return value
  }

  /// The error that a key's value is not what was expected.
  func wrong(_ key: String, _ expected: String) -> CheckpointError {
    CheckpointError(
      .malformed, url,
      "has \(key) \(values[key]?.description ?? "missing"); it must be \(expected).")
  }
}

// Values by type.
extension AdapterConfiguration {
  func positiveInteger(_ key: String) throws -> Int {
    guard let value = self[key]?.intValue, value > 0 else {
      throw wrong(key, "a whole number above 0")
    }
    return value
  }

  func number(_ key: String) throws -> Float {
    guard let value = self[key]?.doubleValue.map({ Float($0) }), value.isFinite else {
      throw wrong(key, "a number")
    }
    return value
  }

  func flag(_ key: String, default fallback: Bool) throws -> Bool {
    switch self[key] {
    case nil: return fallback
    case .bool(let flag): return flag
    default: throw wrong(key, "true or false")
    }
  }

  /// One of the texts of an enumeration.
  func choice<Choice: RawRepresentable & CaseIterable>(_ key: String, default fallback: Choice)
    throws -> Choice where Choice.RawValue == String
  {
    guard let value = self[key] else { return fallback }
    guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
      throw wrong(key, "one of " + Choice.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return choice
  }

  /// The hash of the base model that the adapter was made for, if it says so.
  func baseModelHash() throws -> String? {
    guard let value = self["base_model_sha256"] else { return nil }
    guard case .string(let hash) = value else { throw wrong("base_model_sha256", "a text") }
    return hash.lowercased()
  }

  /// The name of the base model, for people.
  var baseModelName: String? { self["base_model_name_or_path"]?.strings?.first }
}

extension JSONValue {
  /// PEFT writes many keys with a value like this.
  var asksForNothing: Bool {
    switch self {
    case .null, .bool(false), .string(""), .string("none"), .array([]): true
    case .object(let object): object.isEmpty
    default: false
    }
  }

  /// An array of strings, or one string.
  var strings: [String]? {
    list { if case .string(let text) = $0 { text } else { nil } }
  }

  /// An array of whole numbers, or one.
  var integers: [Int]? { list(\.intValue) }

  private func list<Element>(_ read: (JSONValue) -> Element?) -> [Element]? {
    guard case .array(let values) = self else { return read(self).map { [$0] } }
    let elements = values.compactMap(read)
    return elements.count == values.count ? elements : nil
  }
}
