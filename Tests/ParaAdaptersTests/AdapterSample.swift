import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

/// Adapter folders that are made on the spot.
struct AdapterSample {
  var configuration: [String: any Sendable]
  var tensors: [String: Weight]

  func write(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try JSONSerialization.data(withJSONObject: configuration, options: .sortedKeys)
      .write(to: folder.appending(path: "adapter_config.json"))
    try SafetensorsWriter.write(
      tensors, to: folder.appending(path: "adapter_model.safetensors"))
  }

  func read(for model: ModelFolder) throws -> Adapter {
    let folder = try TemporaryFolder()
    try write(to: folder.url)
    return try Adapter(folder: folder.url, name: "test", for: model)
  }

  /// The sentence in which the folder is refused.
  func refusal(for model: ModelFolder) -> String? {
    #expect(throws: CheckpointError.self) { try read(for: model) }?.message
  }

  /// The sample with other values of some keys.
  func with(_ keys: [String: any Sendable]) -> AdapterSample {
    AdapterSample(configuration: configuration.merging(keys) { $1 }, tensors: tensors)
  }

  func adding(_ more: [String: Weight]) -> AdapterSample {
    AdapterSample(configuration: configuration, tensors: tensors.merging(more) { $1 })
  }

  static func constant(_ value: Float, _ rows: Int, _ columns: Int) -> Weight {
    Weight(FloatBuffer(repeating: value, count: rows * columns), rows: rows, columns: columns)
  }

  static func prefix(_ layer: Int, _ projection: Projection? = nil) -> String {
    "base_model.model.model.layers.\(layer)." + (projection.map { $0.path + "." } ?? "")
  }

  /// A LoRA of ones at the given projections of the given layers.
  static func lora(
    _ projections: [Projection], layers: some Sequence<Int>, rank: Int = 2,
    _ model: ModelConfiguration
  ) -> AdapterSample {
    var tensors: [String: Weight] = [:]
    for layer in layers {
      for projection in projections {
        tensors[prefix(layer, projection) + "lora_A.weight"] = constant(
          1, rank, projection.inputSize(model))
        tensors[prefix(layer, projection) + "lora_B.weight"] = constant(
          1, projection.outputSize(model), rank)
      }
    }
    return AdapterSample(
      configuration: ["peft_type": "LORA", "r": rank, "lora_alpha": 8], tensors: tensors)
  }

  /// A model folder of which only the shape matters, with a single tensor by default.
  static func model(_ configuration: String, tensors: [String: Weight] = ["x": constant(0, 1, 1)])
    throws -> (model: ModelFolder, folder: TemporaryFolder)
  {
    let folder = try TemporaryFolder()
    _ = try folder.write(configuration, to: "config.json")
    try SafetensorsWriter.write(tensors, to: folder.url.appending(path: "model.safetensors"))
    return (try ModelFolder(folder.url), folder)
  }

  /// `config.json` of a published shape. The architecture is Llama's: an adapter only asks for
  /// sizes.
  static func shape(
    hidden: Int, feedForward: Int, layers: Int, heads: Int, keyValueHeads: Int, headSize: Int
  ) -> String {
    """
    {"architectures": ["LlamaForCausalLM"], "vocab_size": 1000, "hidden_size": \(hidden),
     "intermediate_size": \(feedForward), "num_hidden_layers": \(layers), "num_attention_heads": \(heads),
     "num_key_value_heads": \(keyValueHeads), "head_dim": \(headSize)}
    """
  }
}
