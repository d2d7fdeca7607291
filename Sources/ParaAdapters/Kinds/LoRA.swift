import ParaCheckpoints
import ParaJSON
import ParaModel
import ParaRegex
import ParaTensors

/// LoRA (arXiv 2106.09685) as PEFT computes it: y' = W x + b + s (B (A x) + c), with s = α/r, or α/√r
/// with `use_rslora` (arXiv 2312.03732), and c the bias of B, with `lora_bias` only.
struct LoRA: AdapterKind {
  static let name = "LORA"
  static let title = "LoRA"
  static let keys: Set = [
    "r", "lora_alpha", "target_modules", "exclude_modules", "layers_to_transform", "layers_pattern",
    "rank_pattern", "alpha_pattern", "use_rslora", "bias", "init_lora_weights", "lora_bias",
  ]
  static let tensors =
    "lora_A.weight and lora_B.weight, with lora_bias lora_B.bias, with bias all or lora_only bias"

  private let rank: Int
  private let alpha: Float
  private let ranks: [(pattern: NamePattern, value: Int)]
  private let alphas: [(pattern: NamePattern, value: Float)]
  private let rankStabilized: Bool
  /// Whether B has a bias.
  private let loraBias: Bool
  private let trainedBiases: TrainedBiases

  /// Which of the base model's biases were trained along.
  private enum TrainedBiases: String, CaseIterable {
    case none, all
    case adaptedOnly = "lora_only"
  }

  init(_ configuration: AdapterConfiguration) throws {
    rank = try configuration.positiveInteger("r")
    alpha = try configuration.number("lora_alpha")
    ranks = try configuration.patterns("rank_pattern", "a whole number above 0") {
      $0.intValue.flatMap { $0 > 0 ? $0 : nil }
    }
    alphas = try configuration.patterns("alpha_pattern", "a number") {
      $0.doubleValue.map { Float($0) }
    }
    rankStabilized = try configuration.flag("use_rslora", default: false)
    loraBias = try configuration.flag("lora_bias", default: false)
    trainedBiases = try configuration.choice("bias", default: .none)
    try configuration.refuseChangedBase()
  }

  /// A tensor `lora_A.weight` [r, input], `lora_B.weight` [output, r] and, with `lora_bias`,
  /// `lora_B.bias` [output] for each adapted module.
  func layers(from reader: inout AdapterReader) throws -> [AdapterWeights.Layer] {
    var layers = reader.emptyLayers
    for module in reader.adapted {
      let (rank, factor) = (try rank(of: module.path), try factor(of: module.path))
      let a = try reader.take("lora_A.weight", of: module, rows: rank, columns: module.inputSize)
      let b = try reader.take("lora_B.weight", of: module, rows: module.outputSize, columns: rank)
      let bias =
        loraBias
        ? try reader.take("lora_B.bias", of: module, rows: 1, columns: module.outputSize)
          .scaled(by: factor) : nil
      for part in module.parts {
        layers[module.layer].projections[part.projection] = ProjectionAdjustment(
          bias: bias?.elements(part.rows),
          lowRank: LowRankUpdate(a: a, b: b.slice(rows: part.rows), factor: factor))
      }
    }
    if trainedBiases != .none { try addTrainedBiases(to: &layers, from: &reader) }
    return layers
  }

  func rank(of module: String) throws -> Int {
    try ranks.first { try $0.pattern.matches(module) }?.value ?? rank
  }

  /// s = α/r, or α/√r where the rank is stabilized.
  func factor(of module: String) throws -> Float {
    let alpha = try alphas.first { try $0.pattern.matches(module) }?.value ?? alpha
    let rank = Float(try rank(of: module))
    return alpha / (rankStabilized ? rank.squareRoot() : rank)
  }

  /// PEFT saves the base model's biases as training left them; the adapter adds the difference. The
  /// bias of an adapted module is called `base_layer.bias`, that of another one `bias`.
  ///
  /// PEFT 0.18 looks for the biases of `lora_only` under the wrong name and saves none.
  private func addTrainedBiases(
    to layers: inout [AdapterWeights.Layer], from reader: inout AdapterReader
  ) throws {
    for (module, name) in reader.modules(with: ["bias", "base_layer.bias"]) {
      let trained = try reader.take(name, of: module, rows: 1, columns: module.outputSize)
      let layer = module.layer
      for part in module.parts {
        guard let untrained = try reader.base.bias(of: part.projection, layer: layer) else {
          throw reader.unexpected(module.tensor(name), "the model has no bias there")
        }
        var adjustment = layers[layer].projections[part.projection] ?? ProjectionAdjustment()
        let difference = zip(trained.elements(part.rows).array, untrained.array).map { $0 - $1 }
        adjustment.bias = Weight(
          vector: adjustment.bias.map { zip($0.array, difference).map { $0 + $1 } } ?? difference)
        layers[layer].projections[part.projection] = adjustment
      }
    }
  }
}

// What is reported, planned and benchmarked.
extension LoRA {
  func ranks(in folder: AdapterFolder) throws -> [Int] {
    let shapes = try folder.tensorNames().filter { $0.key.part == "lora_A.weight" }
      .compactMap { folder.file.tensors[$0.value]?.shape.first }
    return Set(shapes).sorted()
  }

  var options: [String] { loraBias ? ["lora_bias"] : [] }

  /// A and B are kept in fp32 and packed for the kernels.
  func footprint(parameters: Int, _ model: ModelConfiguration) -> AdapterFootprint {
    AdapterFootprint(bytes: 2 * parameters * MemoryLayout<Float>.size)
  }

  /// Rank 8 on q, v and up.
  static func random(_ model: ModelConfiguration, _ weights: inout RandomWeights)
    -> [AdapterWeights.Layer]
  {
    (0..<model.layers).map { _ in
      var layer = AdapterWeights.Layer()
      for projection in [Projection.query, .value, .up] {
        let a = weights.make(8, projection.inputSize(model))
        let b = weights.make(projection.outputSize(model), 8)
        layer.projections[projection] = ProjectionAdjustment(
          lowRank: LowRankUpdate(a: a, b: b, factor: 2))
      }
      return layer
    }
  }
}

extension AdapterConfiguration {
  /// Values by pattern, in the order in which PEFT saves and so tries them: that of the keys.
  fileprivate func patterns<Value>(
    _ key: String, _ expected: String, _ read: (JSONValue) -> Value?
  ) throws -> [(pattern: NamePattern, value: Value)] {
    guard let entry = self[key] else { return [] }
    guard case .object(let object) = entry else { throw wrong(key, "an object") }
    return try object.members.sorted { $0.key < $1.key }.map { member in
      guard let value = read(member.value) else {
        throw wrong(key, "names or regular expressions of modules, each with \(expected)")
      }
      do throws(PythonRegexError) {
        return (try NamePattern(member.key), value)
      } catch {
        throw unusable(key, error)
      }
    }
  }

  /// PiSSA, OLoRA, CorDA and LoftQ take something out of the base model's weights when they start;
  /// PEFT does so again when it loads such a folder. The other starts leave the base as it is.
  fileprivate func refuseChangedBase() throws {
    switch self["init_lora_weights"] {
    case nil, .bool, .string("gaussian"), .string("eva"), .string("orthogonal"): return
    case .string(let start)
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

extension AdapterMethod {
  public static let lora = AdapterMethod(LoRA.self)
}
