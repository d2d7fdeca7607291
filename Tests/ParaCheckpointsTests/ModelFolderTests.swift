import Foundation
import ParaCheckpoints
import ParaTensors
import ParaTestSupport
import Testing

@Suite struct ModelFolderTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let config = try JSONSerialization.data(withJSONObject: ModelConfigurationTests.whole)
    _ = try folder.write(config, to: "config.json")
  }

  private func write(_ names: [String], to file: String) throws {
    let one = Weight(FloatBuffer([1, 2]), rows: 2, columns: 1)
    try SafetensorsWriter.write(
      Dictionary(uniqueKeysWithValues: names.map { ($0, one) }),
      to: folder.url.appending(path: file))
  }

  private func index(_ map: [String: String]) throws {
    _ = try folder.write(
      JSONSerialization.data(withJSONObject: ["weight_map": map]),
      to: "model.safetensors.index.json")
  }

  private func path(_ name: String) -> String { folder.url.appending(path: name).path }

  private func refusal(_ body: () throws -> Void) -> String? {
    #expect(throws: CheckpointError.self, performing: body)?.description
  }

  @Test func readsEveryFileOfAnIndex() throws {
    try write(["a"], to: "1.safetensors")
    try write(["b"], to: "2.safetensors")
    try index(["a": "1.safetensors", "b": "2.safetensors"])
    let model = try ModelFolder(folder.url)
    #expect(try model.weight("a", rows: 2, columns: 1).array == [1, 2])
    #expect(try model.weight("b", rows: 2, columns: 1).array == [1, 2])
    #expect(
      refusal { _ = try model.weight("c", rows: 2, columns: 3) }
        == "\(folder.url.path): has no tensor c, expected with shape [2, 3].")
  }

  @Test func refusesAnIndexThatNamesAMissingFile() throws {
    try index(["a": "1.safetensors"])
    #expect(
      refusal { _ = try ModelFolder(folder.url) }
        == "\(path("model.safetensors.index.json")): names the file 1.safetensors, which is not in the folder."
    )
  }

  @Test func refusesAnIndexThatLeavesTheFolder() throws {
    try index(["a": "../1.safetensors"])
    #expect(
      refusal { _ = try ModelFolder(folder.url) }
        == "\(path("model.safetensors.index.json")): names the file ../1.safetensors, which is not in the folder."
    )
  }

  @Test func refusesATensorInTwoFiles() throws {
    try write(["a"], to: "1.safetensors")
    try write(["a", "b"], to: "2.safetensors")
    try index(["a": "1.safetensors", "b": "2.safetensors"])
    #expect(
      refusal { _ = try ModelFolder(folder.url) }
        == "\(path("2.safetensors")): holds tensor a, which another file holds too.")
  }

  @Test func refusesAFolderWithoutWeights() throws {
    #expect(
      refusal { _ = try ModelFolder(folder.url) }
        == """
        \(folder.path): has no weights: model.safetensors, or model.safetensors.index.json and the files that it lists, is \
        needed.
        """)
  }

  /// As transformers chooses: an index that was left from sharding is not looked at.
  @Test func oneFileGoesBeforeAnIndex() throws {
    try write(["a"], to: "model.safetensors")
    try index(["a": "gone.safetensors"])
    #expect(try ModelFolder(folder.url).weight("a", rows: 2, columns: 1).array == [1, 2])
  }

  @Test(arguments: ["training_args.bin", "optimizer.pt", "stories260K.bin", "tokenizer.model"])
  func whatIsNoModelsWeightsIsNotNamed(name: String) throws {
    _ = try folder.write("", to: name)
    #expect(
      refusal { _ = try ModelFolder(folder.url) }?.hasPrefix("\(folder.path): has no weights: ")
        == true)
    #expect(!ModelFolder.holdsWeights(folder.url))
  }

  /// What is there in place of weights, and what to do; with a config.json and without.
  @Test(arguments: [
    (
      "pytorch_model.bin",
      "a pickle, which can run code when it is read; save the model as model.safetensors"
    ),
    (
      "pytorch_model.bin.index.json",
      "a pickle, which can run code when it is read; save the model as model.safetensors"
    ),
    ("model-q4_k_m.gguf", "which is GGUF and cannot be read; take the model in safetensors"),
    (
      "consolidated.safetensors",
      "which is Mistral's own layout; take the model in Hugging Face's (model.safetensors)"
    ),
    (
      "model-00001-of-00002.safetensors",
      "but neither model.safetensors nor model.safetensors.index.json, which lists a model's files; fetch what is missing"
    ),
    (
      "adapter_model.safetensors",
      "so it is an adapter; name it as one, and its base model as the model"
    ),
    ("tf_model.h5", "which cannot be read; take the model in safetensors"),
  ])
  func weightsOfAnotherFormatAreNamed(name: String, sentence: String) throws {
    _ = try folder.write("", to: name)
    let message = "\(folder.path): has \(name), \(sentence)."
    #expect(refusal { _ = try ModelFolder(folder.url) } == message)
    try FileManager.default.removeItem(at: folder.url.appending(path: "config.json"))
    #expect(refusal { _ = try ModelFolder(folder.url) } == message)
  }

  /// `AutoModel.save_pretrained` writes a decoder without its LM head, and so without a prefix.
  @Test func aBaseModelLacksThePrefix() throws {
    try write(
      ["embed_tokens.weight", "layers.0.mlp.up_proj.weight", "norm.weight"], to: "model.safetensors"
    )
    let model = try ModelFolder(folder.url)
    #expect(
      model.tensorNames.sorted() == [
        "model.embed_tokens.weight", "model.layers.0.mlp.up_proj.weight", "model.norm.weight",
      ])
    #expect(try model.weight("model.norm.weight", rows: 2, columns: 1).array == [1, 2])
    #expect(
      refusal {
        _ = try model.refuseTensors(except: ["model.norm.weight", "model.embed_tokens.weight"])
      }
        == """
        \(path("model.safetensors")): has the tensor layers.0.mlp.up_proj.weight, but a model of its config.json has none \
        of this name.
        """)
  }

  /// A file with a tensor of two bytes and a type that is not read, beside a plain one.
  private func writeQuantized(_ name: String, type: String) throws {
    let header = """
      {"\(name)":{"dtype":"\(type)","shape":[1,2],"data_offsets":[0,2]},\
      "plain":{"dtype":"F16","shape":[1],"data_offsets":[2,4]}}
      """
    let length = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    _ = try folder.write(length + Data(header.utf8) + Data(count: 4), to: "model.safetensors")
  }

  private func configure(_ keys: [String: any Sendable]) throws {
    let config = ModelConfigurationTests.whole.merging(keys) { $1 }
    _ = try folder.write(JSONSerialization.data(withJSONObject: config), to: "config.json")
  }

  @Test(arguments: [
    (["quant_method": "awq", "bits": 4] as [String: any Sendable], "awq"),
    (["quant_method": "fp8"], "fp8"),
    (["load_in_4bit": true], "bitsandbytes"),
  ])
  func quantizedWeightsAreRefused(quantization: [String: any Sendable], method: String) throws {
    try configure(["quantization_config": quantization])
    try writeQuantized("model.layers.0.self_attn.q_proj.qweight", type: "I32")
    #expect(
      refusal { _ = try ModelFolder(folder.url) }
        == """
        \(path("config.json")): has quantization_config of \(method), which is not supported; take the unquantized model.
        """)
    // Merged 16-bit weights under a quantization_config that was left.
    try write(["a"], to: "model.safetensors")
    _ = try ModelFolder(folder.url)
  }

  @Test func quantizedWeightsWithoutAConfigurationAreRefusedWhereTheyAreMissed() throws {
    try writeQuantized("model.layers.0.self_attn.q_proj.qweight", type: "I8")
    let model = try ModelFolder(folder.url)
    try model.refuseTensors(except: ["plain"])
    #expect(
      refusal {
        _ = try model.weight("model.layers.0.self_attn.q_proj.weight", rows: 1, columns: 2)
      }
        == """
        \(path("model.safetensors")): has model.layers.0.self_attn.q_proj.qweight in place of \
        model.layers.0.self_attn.q_proj.weight: quantized weights cannot be read; take the unquantized model.
        """)
  }

  @Test func numbersThatAreNoneAreRefusedButInEmbeddings() throws {
    let broken = Weight(FloatBuffer([1, .nan]), rows: 1, columns: 2)
    try SafetensorsWriter.write(
      ["model.norm.weight": broken, "model.embed_tokens.weight": broken],
      to: folder.url.appending(path: "model.safetensors"))
    let model = try ModelFolder(folder.url)
    _ = try model.weight("model.embed_tokens.weight", rows: 1, columns: 2)
    #expect(
      refusal { _ = try model.weight("model.norm.weight", rows: 1, columns: 2) }
        == """
        \(path("model.safetensors")): tensor model.norm.weight holds NaN or infinity: what saved it failed; take a \
        checkpoint from before.
        """)
  }

  @Test func keepsHalfFormatsAsTheyLie() throws {
    let url = folder.url.appending(path: "model.safetensors")
    let values: [UInt16] = [0x3F80, 0xC000]
    try values.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      let weight = Weight(
        bytes: base, format: .bfloat16, rows: 2, columns: 1, owner: FloatBuffer(count: 0))
      try SafetensorsWriter.write(["a": weight], to: url)
    }
    let stored = try ModelFolder(folder.url).storedWeight("a", rows: 2, columns: 1)
    #expect(stored.format == .bfloat16 && stored.byteCount == 4)
    #expect(stored.bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self) == 0xC000)
    #expect(stored.array == [1, -2] && stored.upcast.array == [1, -2])
  }
}
