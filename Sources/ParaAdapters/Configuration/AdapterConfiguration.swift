import Foundation
import ParaCheckpoints
import ParaModel

/// `adapter_config.json`: the keys that change what an adapter computes, read strictly.
///
/// PEFT writes many keys at their defaults, and every release adds some. A key that is not
/// understood is harmless while it is null, false or empty; with any other value the adapter would
/// compute something else than here, so it is refused.
struct AdapterConfiguration {
  let url: URL
  let method: AdapterMethod
  private let values: [String: ConfigurationValue]

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

  /// Keys that the readers of the methods interpret.
  private static func interpreted(_ method: AdapterMethod) -> Set<String> {
    switch method {
    case .para: ["r", "pool", "activation", "target_modules", "bias"]
    case .lora:
      [
        "r", "lora_alpha", "target_modules", "exclude_modules", "layers_to_transform",
        "layers_pattern", "rank_pattern", "alpha_pattern", "use_rslora", "bias",
        "init_lora_weights",
      ]
    case .ia3: ["target_modules", "exclude_modules", "feedforward_modules"]
    case .bitFit: ["target_modules", "exclude_modules"]
    }
  }

  init(_ url: URL) throws {
    self.url = url
    values = try Self.read(url)
    let type = values["peft_type"]?.texts?.first ?? "missing"
    guard let method = AdapterMethod(rawValue: type) else {
      let known = AdapterMethod.allCases.map(\.rawValue).joined(separator: ", ")
      throw CheckpointError(.unsupported, url, "has peft_type \(type); \(known) are supported.")
    }
    self.method = method
    try refuseUnknownKeys()
  }

  private static func read(_ url: URL) throws -> [String: ConfigurationValue] {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw CheckpointError(
        .unreadable, url, "cannot be read; a PEFT adapter folder has this file.")
    }
    guard let values = try? JSONDecoder().decode([String: ConfigurationValue].self, from: data)
    else { throw CheckpointError(.malformed, url, "is not a JSON object.") }
    return values
  }

  private func refuseUnknownKeys() throws {
    let known = Self.inert.union(Self.interpreted(method))
    for (key, value) in values.sorted(by: { $0.key < $1.key })
    where !known.contains(key) && !value.isEmpty {
      throw CheckpointError(
        .unsupported, url,
        "has the key \(key) with the value \(value), which is not supported for \(method.rawValue)."
      )
    }
  }

  /// The key's value; nil if it is absent or null.
  subscript(key: String) -> ConfigurationValue? {
    guard let value = values[key], value != .null else { return nil }
    return value
  }

  /// For a key whose value is not what was expected.
  func wrong(_ key: String, _ expected: String) -> CheckpointError {
    CheckpointError(
      .malformed, url,
      "has \(key) \(values[key]?.description ?? "missing"); it must be \(expected)."
    )
  }
}
