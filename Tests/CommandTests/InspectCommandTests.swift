import Foundation
import ParaTestSupport
import Testing

/// `para inspect` on what users point it at.
@Suite struct InspectCommandTests {
  private static let goldens = Fixtures.goldens("ParaAdaptersTests")
  private static let tiny = goldens.appending(path: "model").path
  private static func adapter(_ name: String) -> String {
    goldens.appending(path: "adapters/\(name)").path
  }

  /// Labels and values; of the hash only the form is checked.
  private func facts(_ arguments: [String], exitCode: Int32 = 0) throws -> [String: String] {
    let run = try ParaProcess(["inspect"] + arguments)
    #expect(run.exitCode == exitCode, "\(run.errors)")
    var facts: [String: String] = [:]
    for line in run.output.split(separator: "\n") {
      let parts = try #require(line.firstRange(of: "  "), "\(line)")
      facts[String(line[..<parts.lowerBound])] =
        line[parts.upperBound...].trimmingCharacters(in: .whitespaces)
    }
    if let hash = facts.removeValue(forKey: "sha256") {
      #expect(hash.count == 64 && hash.allSatisfy(\.isHexDigit))
    }
    return facts
  }

  /// The rank patterns give ranks 5, 3 and 2; 1216 = Σ r · (d_in + d_out) over the six projections.
  @Test func anAdapterThatFits() throws {
    let path = Self.adapter("lora-patterns")
    let found = try facts([path, "--model", Self.tiny])
    #expect(
      found == [
        "adapter": path, "method": "LoRA, r 2 and 3 and 5",
        "projections": "q_proj, k_proj, down_proj in 2 layers", "parameters": "1,216",
        "size": "4.86 KB (F32)", "base": "tiny", "fits": "yes, \(Self.tiny)",
      ])
    let para = try facts([Self.adapter("para-attention")])
    #expect(para["method"] == "PARA, r 3, pool attention, activation gelu, with bias")
    #expect(para["projections"] == "q_proj, v_proj, up_proj in 2 layers")
    let half = try facts([Self.adapter("lora-bfloat16")])
    #expect(half["size"]?.hasSuffix("(BF16)") == true)
  }

  /// (4096·12 + 12·19200)·32 numbers, and 19200·32 more of b_up: the paper's LLaMA-2 7B.
  @Test(arguments: [(false, "8,945,664"), (true, "9,560,064")])
  func thePapersParameterCount(bias: Bool, expected: String) throws {
    let (hidden, outputs, rank) = (4096, 4096 + 4096 + 11_008, 12)
    var header: [String: Any] = [:]
    var end = 0
    func add(_ name: String, _ shape: [Int]) {
      let start = end
      end += shape.reduce(2, *)
      header[name] = ["dtype": "BF16", "shape": shape, "data_offsets": [start, end]]
    }
    for layer in 0..<32 {
      let prefix = "base_model.model.model.layers.\(layer).para_"
      add(prefix + "down.weight", [rank, hidden])
      add(prefix + "up.weight", [outputs, rank])
      if bias { add(prefix + "up.bias", [outputs]) }
    }
    let text = try JSONSerialization.data(withJSONObject: header)
    let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) }
    let folder = try TemporaryFolder()
    _ = try folder.write(
      length + text + Data(count: end), to: "adapter/adapter_model.safetensors")
    _ = try folder.write(
      #"{"peft_type": "PARA", "r": 12, "bias": \#(bias)}"#, to: "adapter/adapter_config.json")
    let found = try facts([folder.url.appending(path: "adapter").path])
    #expect(found["parameters"] == expected)
    #expect(found["projections"] == "q_proj, v_proj, up_proj in 32 layers")
  }

  @Test func anAdapterThatDoesNotFitSaysWhy() throws {
    let path = Self.adapter("ia3-usual")
    let found = try facts([path, "--model", Fixtures.model.path], exitCode: 1)
    #expect(
      found["fits"]?.hasPrefix(
        "no, not \(Fixtures.model.path): \(path)/adapter_model.safetensors: tensor "
          + "base_model.model.model.layers.0.self_attn.k_proj.ia3_l has shape [16, 1], expected [")
        == true)
  }

  @Test func aModel() throws {
    let found = try facts([Fixtures.model.path])
    #expect(found["architecture"] == "LlamaForCausalLM")
    #expect(found["tokenizer"]?.hasSuffix(" tokens") == true)
    // Without a tokenizer it cannot be run.
    let tiny = try facts([Self.tiny], exitCode: 1)
    #expect(
      tiny["shape"] == "2 layers, hidden 32, feed-forward 48, 4 heads over 2 key/value heads of 8")
    // 2 · 64·32 of embedding and head, 5 norms of 32, and 2 · (2·32·32 + 2·32·16 + 3·32·48).
    #expect(tiny["parameters"] == "19,616")
  }

  @Test func aTokenizerAndItsModel() throws {
    let file = Fixtures.model.appending(path: "tokenizer.json").path
    #expect(
      try facts([file, "--model", Fixtures.model.path])["fits"] == "yes, \(Fixtures.model.path)")
    let longer = try facts([file, "--model", Self.tiny])
    #expect(
      longer["vocabulary"] == "2,048 tokens, 1,984 of them beyond the model's: rows with these fail"
    )
  }

  @Test func inputs() throws {
    let archive = try facts([Fixtures.folder.appending(path: "data/math.zip").path])
    #expect(archive["records"] == "200" && archive["members"] == "test.jsonl")
    #expect(archive["fields"] == "answer, id, question")
    let folder = try TemporaryFolder()
    let rows = try folder.write("{\"a\": 1}\n{\"a\": 2, \"b\": 3}\nno row\n", to: "rows.jsonl")
    let found = try facts([rows.path])
    #expect(found["records"] == "2" && found["fields"] == "a, b (in 1)")
    #expect(found["unreadable"]?.hasPrefix("1, the first at \(rows.path):3: ") == true)
  }

  /// BitFit: 2 · (32 + 16 + 16 + 32 + 48 + 48 + 32); LoRA on q and v: 2 · 4 · (64 + 48).
  @Test func aFolderOfAdapters() throws {
    let found = try facts([Self.goldens.appending(path: "adapters").path])
    #expect(found["bitfit"] == "BitFit; 448 parameters")
    #expect(found["lora-rslora"] == "LoRA, r 4; 896 parameters")
  }

  @Test func forPrograms() throws {
    let run = try ParaProcess([
      "inspect", Self.adapter("bitfit"), "--model", Self.tiny, "--json",
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    let summary = try #require(object["summary"] as? [String: Any])
    #expect(object["kind"] as? String == "adapter")
    #expect(summary["method"] as? String == "BITFIT")
    #expect((summary["sha256"] as? String)?.count == 64)
    #expect((object["fit"] as? [String: Any])?["fits"] as? Bool == true)
  }

  @Test func programsLearnWhatCannotBeRun() throws {
    func object(_ arguments: [String], exitCode: Int32) throws -> [String: Any] {
      let run = try ParaProcess(["inspect", "--json"] + arguments)
      #expect(run.exitCode == exitCode)
      return try #require(
        try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }
    let sound = try object([Fixtures.model.path], exitCode: 0)
    #expect(sound["usable"] as? Bool == true && sound["problem"] == nil)
    let unfit = try object(
      [Self.adapter("ia3-usual"), "--model", Fixtures.model.path], exitCode: 1)
    #expect(unfit["usable"] as? Bool == false && unfit["problem"] is String)
    let folder = try TemporaryFolder()
    for name in ["config.json", "tokenizer.json"] {
      try FileManager.default.copyItem(
        at: Fixtures.model.appending(path: name), to: folder.url.appending(path: name))
    }
    _ = try folder.write("", to: "model.gguf")
    let gguf = try object([folder.path], exitCode: 1)
    #expect(gguf["kind"] as? String == "model" && gguf["usable"] as? Bool == false)
    #expect(
      gguf["problem"] as? String
        == "\(folder.path): has model.gguf, which is GGUF and cannot be read; take the model in safetensors."
    )
  }

  @Test func whatCannotBeInspectedIsRefused() throws {
    let folder = try TemporaryFolder()
    let missing = folder.url.appending(path: "missing").path
    let text = try folder.write("Dear reader\n", to: "letter.txt").path
    let cases = [
      ([missing], 2, "\(missing): there is nothing here."),
      (
        [folder.url.path], 2,
        """
        \(folder.url.path): is no model folder (config.json, model.safetensors), tokenizer folder (tokenizer.json, \
        tokenizer.model), adapter folder (adapter_config.json, adapter_model.safetensors) or folder of these.
        """
      ),
      (
        [Self.tiny, "--model", Self.tiny], 2,
        "\(Self.tiny): is a model; only adapters and tokenizers can be checked against a model."
      ),
      (
        [text], 1,
        "\(text): the content is in another format; JSON Lines, JSON and XML can be read"
      ),
    ]
    for (arguments, exitCode, message) in cases {
      let run = try ParaProcess(["inspect"] + arguments)
      #expect(run.exitCode == Int32(exitCode) && run.output.isEmpty)
      #expect(run.errors == "para: \(message)\n")
    }
  }
}
