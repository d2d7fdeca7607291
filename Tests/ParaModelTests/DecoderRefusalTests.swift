import Foundation
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

/// Refusals of model folders whose tensors do not match their config.json.
@Suite struct DecoderRefusalTests {
  private let folder: TemporaryFolder
  private let source: SafetensorsFile
  private var tensors: [String: Weight]

  init() throws {
    folder = try TemporaryFolder()
    let model = Fixtures.goldens("ParaModelTests").appending(path: "families/qwen2-tied")
    _ = try folder.write(
      Data(contentsOf: model.appending(path: "config.json")), to: "config.json")
    let source = try SafetensorsFile(model.appending(path: "model.safetensors"))
    self.source = source
    tensors = try Dictionary(
      uniqueKeysWithValues: source.tensors.keys.map { ($0, try source.weight($0)) })
  }

  private var file: URL { folder.url.appending(path: "model.safetensors") }

  private func load() throws -> Decoder {
    try SafetensorsWriter.write(tensors, to: file)
    return try Decoder(ModelFolder(folder.url))
  }

  private func expectRefusal(_ code: CheckpointError.Code, _ message: String) {
    let error = #expect(throws: CheckpointError.self) { try load() }
    #expect(error?.code == code)
    #expect(error?.description == "\(file.path): \(message)")
  }

  private func vector(_ count: Int) -> Weight {
    Weight(FloatBuffer(repeating: 0, count: count), rows: 1, columns: count)
  }

  @Test mutating func acceptsWhatIsNoLoss() throws {
    tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"]
    tensors["model.layers.0.self_attn.rotary_emb.inv_freq"] = vector(4)
    let decoder = try load()
    // 128·32 embedding, 32 last norm; a layer: 2·32 norms, q, k, v, o (32·32, 16·32, 16·32, 32·32)
    // with 32 + 16 + 16 biases, and 3·48·32.
    #expect(decoder.parameterCount == 4096 + 32 + 2 * (64 + 3072 + 64 + 4608))
  }

  @Test mutating func aMissingTensor() {
    tensors["model.layers.1.mlp.up_proj.weight"] = nil
    expectRefusal(
      .missingTensor,
      "has no tensor model.layers.1.mlp.up_proj.weight, expected with shape [48, 32].")
  }

  @Test mutating func aMissingBias() {
    tensors["model.layers.1.self_attn.k_proj.bias"] = nil
    expectRefusal(
      .missingTensor,
      "has no tensor model.layers.1.self_attn.k_proj.bias, expected with shape [16].")
  }

  @Test mutating func aWrongShape() {
    tensors["model.layers.0.self_attn.q_proj.weight"] = tensors["model.embed_tokens.weight"]
    expectRefusal(
      .wrongShape,
      "tensor model.layers.0.self_attn.q_proj.weight has shape [128, 32], expected [32, 32].")
  }

  @Test mutating func aBiasThatTheConfigurationDenies() {
    tensors["model.layers.0.self_attn.o_proj.bias"] = vector(32)
    expectRefusal(
      .unsupported,
      "has the tensor model.layers.0.self_attn.o_proj.bias, but its config.json says that there is no such bias."
    )
  }

  @Test mutating func aLayerTooMany() {
    tensors["model.layers.2.input_layernorm.weight"] = vector(32)
    expectRefusal(
      .unsupported,
      "has the tensor model.layers.2.input_layernorm.weight, but a model of its config.json has none of this name."
    )
  }

  @Test func aContextTooLongForInt8Caches() throws {
    let file = folder.url.appending(path: "config.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    let long = text.replacing(
      /"max_position_embeddings": \d+/, with: "\"max_position_embeddings\": 131073")
    try Data(long.utf8).write(to: file)
    #expect(try load().cacheFormat == .float32)
    #expect(try Decoder(ModelFolder(folder.url), compute: .int8).cacheFormat == .bfloat16)
    let error = #expect(throws: CheckpointError.self) {
      try Decoder(ModelFolder(folder.url), cache: .int8)
    }
    #expect(
      error?.message
        == "has a context of 131073 tokens and heads of 8 features; int8 caches hold at most 131072 and 512: use "
        + "kv_cache_type: bfloat16.")
  }

  @Test mutating func aTruncatedFile() throws {
    _ = try load()
    let whole = try Data(contentsOf: file)
    try whole.dropLast().write(to: file)
    let error = #expect(throws: CheckpointError.self) { try ModelFolder(folder.url) }
    let last = tensors.keys.max() ?? ""
    let start = source.tensors.values.map(\.offsets.upperBound).max() ?? 0
    #expect(
      error?.description
        == "\(file.path): tensor \(last) lies at bytes [\(start - 128), \(start)], outside the "
        + "\(start - 1) bytes of data: the file is truncated or damaged.")
  }
}
