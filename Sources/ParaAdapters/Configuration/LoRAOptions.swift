/// What a LoRA configuration says beyond its target modules.
struct LoRAOptions {
  private let rank: Int
  private let alpha: Float
  private let ranks: [(pattern: NamePattern, value: Int)]
  private let alphas: [(pattern: NamePattern, value: Float)]
  private let rankStabilised: Bool
  let bias: Bias

  /// Which of the base model's biases were trained along.
  enum Bias: String, CaseIterable {
    case none, all
    case adaptedOnly = "lora_only"
  }

  init(_ configuration: AdapterConfiguration) throws {
    rank = try configuration.positiveInteger("r")
    alpha = try configuration.number("lora_alpha")
    ranks = try configuration.patterns("rank_pattern", "a whole number above 0") {
      if case .integer(let value) = $0, value > 0 { value } else { nil }
    }
    alphas = try configuration.patterns("alpha_pattern", "a number") { $0.double.map { Float($0) } }
    rankStabilised = try configuration.flag("use_rslora", default: false)
    bias = try configuration.choice("bias", default: .none)
    try configuration.refuseChangedBase()
  }

  func rank(of module: String) -> Int {
    ranks.first { $0.pattern.matches(module) }?.value ?? rank
  }

  /// α/r, or α/√r where the rank is stabilised.
  func factor(of module: String) -> Float {
    let alpha = alphas.first { $0.pattern.matches(module) }?.value ?? alpha
    let rank = Float(rank(of: module))
    return alpha / (rankStabilised ? rank.squareRoot() : rank)
  }
}

extension AdapterConfiguration {
  /// Values by pattern, in the order in which PEFT saves and so tries them: that of the keys.
  fileprivate func patterns<Value>(
    _ key: String, _ expected: String, _ read: (ConfigurationValue) -> Value?
  ) throws -> [(pattern: NamePattern, value: Value)] {
    guard let entry = self[key] else { return [] }
    guard case .object(let object) = entry else { throw wrong(key, "an object") }
    return try object.sorted { $0.key < $1.key }.map { text, value in
      guard let value = read(value), let pattern = try? NamePattern(key: text) else {
        throw wrong(key, "names or regular expressions of modules, each with \(expected)")
      }
      return (pattern, value)
    }
  }

  /// PiSSA, OLoRA, CorDA and LoftQ take something out of the base model's weights when they start;
  /// PEFT does so again when it loads such a folder. The other starts leave the base as it is.
  fileprivate func refuseChangedBase() throws {
    switch self["init_lora_weights"] {
    case nil, .flag, .text("gaussian"), .text("eva"), .text("orthogonal"): return
    case .text(let start)
    where ["pissa", "olora", "corda", "loftq"].contains(where: start.lowercased().hasPrefix):
      throw wrong(
        "init_lora_weights",
        "a start that leaves the base model unchanged, so save the adapter as plain LoRA (PEFT's "
          + "path_initial_model_for_weight_conversion)")
    default:
      throw wrong("init_lora_weights", "true, false, \"gaussian\", \"eva\" or \"orthogonal\"")
    }
  }
}
