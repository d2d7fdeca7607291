import Foundation
import ParaInspection
import ParaTestSupport
import Testing

/// What `para inspect` is built on; its text is tested with the command.
@Suite struct InspectionTests {
  private func object(_ inspection: Inspection) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: Data(inspection.json().utf8)) as? [String: Any])
  }

  @Test(arguments: [
    ("model", "model"), ("model/tokenizer.json", "tokenizer"), ("adapters/math-lora", "adapter"),
    ("adapters", "adapters"), ("data/squad.jsonl", "input"),
  ])
  func theKindIsFoundFromTheFiles(path: String, kind: String) throws {
    let inspection = try Inspection(Fixtures.folder.appending(path: path).path)
    #expect(inspection.fits == nil)
    #expect(try object(inspection)["kind"] as? String == kind)
    #expect(inspection.text.hasPrefix(kind + " "))
  }

  @Test func whatBelongsToTheModelFits() throws {
    let model = Fixtures.model.path
    #expect(try Inspection(Fixtures.adapter("math-para").path, against: model).fits == true)
    #expect(try Inspection(model + "/tokenizer.json", against: model).fits == true)
    let tiny = Fixtures.goldens("ParaAdaptersTests").appending(path: "model").path
    #expect(try Inspection(Fixtures.adapter("math-para").path, against: tiny).fits == false)
  }

  /// What no run could use: tensors that are missing, tokenizers that are not there, settings that are
  /// refused.
  @Test func whatCannotBeRunSaysWhy() throws {
    #expect(try Inspection(Fixtures.model.path).problem == nil)
    let folder = try TemporaryFolder()
    let files = ["config.json", "model.safetensors"]
    for name in files {
      try FileManager.default.copyItem(
        at: Fixtures.model.appending(path: name), to: folder.url.appending(path: name))
    }
    #expect(try Inspection(folder.path).problem?.isEmpty == false)
    try FileManager.default.copyItem(
      at: Fixtures.model.appending(path: "tokenizer.json"),
      to: folder.url.appending(path: "tokenizer.json"))
    #expect(try Inspection(folder.path).problem == nil)
    _ = try folder.write(#"{"guidance_scale": 2}"#, to: "generation_config.json")
    let guided = try Inspection(folder.path)
    #expect(
      guided.problem
        == "guidance_scale 2 of generation_config.json is not supported; remove it there to generate without it."
    )
    #expect(try object(guided)["usable"] as? Bool == false)
    try FileManager.default.removeItem(at: folder.url.appending(path: "generation_config.json"))
    // A layer more than there are tensors for.
    let config = try folder.text("config.json")
    let layers = try #require(config.firstMatch(of: /"num_hidden_layers": (\d+)/))
    let more = config.replacing(
      layers.0, with: "\"num_hidden_layers\": \((Int(layers.1) ?? 0) + 1)")
    _ = try folder.write(more, to: "config.json")
    #expect(throws: (any Error).self) { try Inspection(folder.path) }
  }

  @Test func whatCannotBeInspectedHasACode() throws {
    let folder = try TemporaryFolder()
    let code = { (path: String, model: String?) in
      #expect(throws: InspectionError.self) { try Inspection(path, against: model) }?.code
    }
    #expect(code(folder.path + "/missing", nil) == .missing)
    #expect(code(folder.path, nil) == .unknown)
    let input = Fixtures.folder.appending(path: "data/squad.jsonl").path
    #expect(code(input, Fixtures.model.path) == .fitsNoModel)
  }
}
