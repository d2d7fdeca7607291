package import Foundation
import ParaTensors

/// Llamas of random bf16 weights, for tests and benchmarks that depend on a model's size only.
package enum RandomModel {
  package struct Shape: Sendable, Hashable {
    package var hiddenSize: Int
    package var layers: Int
    package var heads: Int
    package var keyValueHeads: Int
    package var feedForwardSize: Int
    package var vocabularySize = 32_000
    package var contextLength = 2048
    package var tiedHead = false

    /// 15 million parameters.
    package static let small = Shape(
      hiddenSize: 288, layers: 6, heads: 6, keyValueHeads: 6, feedForwardSize: 768, tiedHead: true)
    /// 110 million.
    package static let medium = Shape(
      hiddenSize: 768, layers: 12, heads: 12, keyValueHeads: 12, feedForwardSize: 2048,
      tiedHead: true)
    /// 1.1 billion: TinyLlama's shape.
    package static let large = Shape(
      hiddenSize: 2048, layers: 22, heads: 32, keyValueHeads: 4, feedForwardSize: 5632)
    /// 6.7 billion: Llama 2 7B's shape.
    package static let sevenBillion = Shape(
      hiddenSize: 4096, layers: 32, heads: 32, keyValueHeads: 32, feedForwardSize: 11_008,
      contextLength: 4096)
  }

  /// Uniform weights in ±bound have σ = 0.02, the usual initialisation of such models.
  private static let bound: Float = 0.02 * 1.7320508

  /// Writes `config.json` and `model.safetensors` into a folder, which must exist; the same seed
  /// gives the same bytes. Norms are 1.
  package static func write(_ shape: Shape, seed: UInt64 = 1, to folder: URL) throws {
    let json = try JSONSerialization.data(
      withJSONObject: shape.configuration, options: [.prettyPrinted, .sortedKeys])
    try json.write(to: folder.appending(path: "config.json"))
    let url = folder.appending(path: "model.safetensors")
    let entries = shape.tensors
    try SafetensorsWriter.header(entries).write(to: url)
    let file = try FileHandle(forWritingTo: url)
    try file.seekToEnd()
    var first = 0
    for entry in entries {
      try append(entry, seed: seed, first: first, to: file)
      first += entry.rows * entry.columns
    }
    try file.close()
  }

  /// Appends a tensor in blocks of at most 16 MB, so that memory stays small.
  private static func append(
    _ entry: SafetensorsWriter.Entry, seed: UInt64, first: Int, to file: FileHandle
  ) throws {
    let count = entry.rows * entry.columns
    var block = [UInt16](repeating: oneAsBfloat16, count: min(count, 1 << 23))
    let parallel = Parallel(threads: ProcessorCount.available)
    for start in stride(from: 0, to: count, by: block.count) {
      try block.withUnsafeMutableBufferPointer { block in
        let values = UnsafeMutableBufferPointer(rebasing: block.prefix(count - start))
        if entry.rows > 1 {
          RandomTensor.fillBfloat16(
            seed: seed, first: first + start, bound: bound, into: values, parallel: parallel)
        }
        try file.write(contentsOf: Data(buffer: values))
      }
    }
  }

  private static let oneAsBfloat16: UInt16 = 0x3F80
}

// MARK: What is written

extension RandomModel.Shape {
  /// `config.json`.
  var configuration: [String: any Sendable] {
    [
      "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
      "rms_norm_eps": 1e-5, "rope_theta": 10_000, "bos_token_id": 1, "eos_token_id": 2,
      "vocab_size": vocabularySize, "hidden_size": hiddenSize,
      "intermediate_size": feedForwardSize, "num_hidden_layers": layers,
      "num_attention_heads": heads, "num_key_value_heads": keyValueHeads,
      "max_position_embeddings": contextLength, "tie_word_embeddings": tiedHead,
      "torch_dtype": "bfloat16",
    ]
  }

  /// Every tensor, in the order of the file.
  var tensors: [SafetensorsWriter.Entry] {
    func entry(_ name: String, _ rows: Int, _ columns: Int) -> SafetensorsWriter.Entry {
      .init(name: "\(name).weight", format: .bfloat16, rows: rows, columns: columns)
    }
    let keyValueSize = hiddenSize / heads * keyValueHeads
    let perLayer = (0..<layers).flatMap { layer in
      [
        ("input_layernorm", 1, hiddenSize),
        ("self_attn.q_proj", hiddenSize, hiddenSize),
        ("self_attn.k_proj", keyValueSize, hiddenSize),
        ("self_attn.v_proj", keyValueSize, hiddenSize),
        ("self_attn.o_proj", hiddenSize, hiddenSize),
        ("post_attention_layernorm", 1, hiddenSize),
        ("mlp.gate_proj", feedForwardSize, hiddenSize),
        ("mlp.up_proj", feedForwardSize, hiddenSize),
        ("mlp.down_proj", hiddenSize, feedForwardSize),
      ].map { entry("model.layers.\(layer).\($0)", $1, $2) }
    }
    let head = tiedHead ? [] : [entry("lm_head", vocabularySize, hiddenSize)]
    return [entry("model.embed_tokens", vocabularySize, hiddenSize)] + perLayer
      + [entry("model.norm", 1, hiddenSize)] + head
  }
}
