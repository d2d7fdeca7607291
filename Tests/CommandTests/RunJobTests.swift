import Foundation
import ParaTestSupport
import Testing

/// A thousand tenants in one job, each with its own adapter, found in a folder.
@Suite struct TenantRunTests {
  private static let tenants = 1000
  private let folder: TemporaryFolder

  /// The tenants' adapters are one LoRA with a thousand values of alpha, and so a thousand hashes.
  init() throws {
    folder = try TemporaryFolder()
    let source = Fixtures.adapter("math-lora")
    let configuration = try JSONSerialization.jsonObject(
      with: Data(contentsOf: source.appending(path: "adapter_config.json")))
    var keys = try #require(configuration as? [String: Any])
    for tenant in 0..<Self.tenants {
      keys["lora_alpha"] = 2 + Double(tenant) / 100
      let home = "tenants/t\(tenant)"
      _ = try folder.write(
        try JSONSerialization.data(withJSONObject: keys), to: "\(home)/adapter_config.json")
      try FileManager.default.createSymbolicLink(
        at: folder.url.appending(path: "\(home)/adapter_model.safetensors"),
        withDestinationURL: source.appending(path: "adapter_model.safetensors"))
    }
  }

  private struct Prediction: Decodable {
    struct Hypothesis: Decodable, Equatable {
      var tokens: [Int]
      var score: Double
    }
    var row: Int
    var adapter: String
    var adapterSha256: String
    var hypotheses: [Hypothesis]
  }

  private struct RunDocument: Decodable {
    struct Adapter: Decodable { var sha256: String }
    var adapters: [String: Adapter]
    var peakMemoryBytes: Int
  }

  /// A row for each of the tenants, whose adapters are found in a folder unless they are named.
  private func run(
    _ tenants: [Int], memory: String, adapters: String = "tenants"
  ) throws -> (
    predictions: [Prediction], document: RunDocument
  ) {
    let rows = tenants.map {
      #"{"tenant": "t\#($0)", "question": "Tom has \#($0) apples and buys 4. How many now?"}"#
    }
    _ = try folder.write(rows.joined(separator: "\n"), to: "rows.jsonl")
    let job = try folder.write(
      """
      model: \(Fixtures.model.path)
      adapters: \(adapters)
      tasks: {math: {doc_to_text: "Problem:\\n{{ question }}\\nAnswer:"}}
      inputs: [{path: rows.jsonl, task: math, adapter_field: tenant}]
      generation: {num_beams: 2, max_new_tokens: 4}
      engine: {batch_tokens: 512, max_lanes: 16, adapter_memory: \(memory)}
      output: results
      """, to: "job.yaml")
    let run = try ParaProcess(["run", job.path, "--overwrite"])
    #expect(run.exitCode == 0, "\(run.errors)")
    let results = folder.url.appending(path: "results")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let predictions = try String(
      contentsOf: results.appending(path: "predictions.jsonl"), encoding: .utf8
    ).split(separator: "\n").map { try decoder.decode(Prediction.self, from: Data($0.utf8)) }
    let document = try decoder.decode(
      RunDocument.self, from: Data(contentsOf: results.appending(path: "run.json")))
    return (predictions, document)
  }

  @Test func everyTenantGetsTheirOwnInTheMemoryOfAFew() throws {
    let order = (0..<Self.tenants).map { $0 * 377 % Self.tenants }
    // An adapter has 81,408 parameters, held twice; so this holds three of them, and the next run all.
    let (found, document) = try run(order, memory: "2 MB")
    #expect(found.map(\.adapter) == order.map { "t\($0)" })
    #expect(Set(found.map(\.adapterSha256)).count == Self.tenants)
    #expect(document.adapters.count == Self.tenants)
    #expect(found.allSatisfy { document.adapters[$0.adapter]?.sha256 == $0.adapterSha256 })
    #expect(Set(found.map(\.hypotheses[0].score)).count > Self.tenants / 2)

    let names = (0..<Self.tenants).map { "t\($0): tenants/t\($0)" }.joined(separator: ", ")
    let all = try run(order, memory: "1 GB", adapters: "{\(names)}")
    // 1000 · 81,408 · 4 bytes are 326 MB.
    #expect(document.peakMemoryBytes + 200_000_000 < all.document.peakMemoryBytes)
    #expect(zip(found, all.predictions).allSatisfy(Self.isSame))

    // Alone, without 999 others in the batches.
    let few = [3, 500, 999]
    let alone = try run(few, memory: "2 MB").predictions
    for (tenant, prediction) in zip(few, alone) {
      let row = try #require(order.firstIndex(of: tenant))
      #expect(Self.isSame(prediction, found[row]))
    }
  }

  private static func isSame(_ one: Prediction, _ other: Prediction) -> Bool {
    one.adapterSha256 == other.adapterSha256
      && one.hypotheses.map(\.tokens) == other.hypotheses.map(\.tokens)
      && zip(one.hypotheses, other.hypotheses).allSatisfy { abs($0.score - $1.score) <= 1e-5 }
  }
}

/// The whole SQuAD development set, 10,570 questions in two files, through a real model with a context of 512 tokens.
@Suite(
  .enabled(if: SharedData.isPresent && !isDebugBuild, "needs ../shared/data and a release build"))
struct SquadRunTests {
  @Test func nothingIsLostAndMemoryIsBounded() throws {
    let folder = try TemporaryFolder()
    let conversion = try ParaProcess([
      "convert", "llama2c", SharedData.url("llama2c-stories260K/stories260K.bin").path,
      "--tokenizer", SharedData.url("llama2c-stories260K/tok512.bin").path,
      "--output", folder.url.appending(path: "stories").path,
    ])
    #expect(conversion.exitCode == 0, "\(conversion.errors)")
    let inputs = (1...2).map { part in
      """
        - path: \(SharedData.url("squad-v1.1/dev-v1.1.part\(part)of2.json").path)
          records: data.paragraphs.qas
          task: squad
          id: id
      """
    }
    let job = try folder.write(
      """
      model: stories
      tasks:
        squad:
          doc_to_text: "Context:\\n{{ context }}\\nQuestion:\\n{{ question }}\\n"
          doc_to_target: answers.text
          metric_list: [f1, em]
      inputs:
      \(inputs.joined(separator: "\n"))
      generation: {num_beams: 3, max_new_tokens: 4}
      output: results
      """, to: "job.yaml")
    let run = try ParaProcess(["run", job.path])
    #expect(run.exitCode == 3, "\(run.errors)")

    let predictions = try rows(folder.url.appending(path: "results/predictions.jsonl"))
    let errors = try rows(folder.url.appending(path: "results/errors.jsonl"))
    #expect((predictions + errors).map(\.row).sorted() == Array(0..<10_570))
    #expect(predictions.map(\.row) == predictions.map(\.row).sorted())
    #expect(errors.allSatisfy { $0.code == "prompt_too_long" && $0.stage == "tokenize" })
    #expect(!predictions.isEmpty && !errors.isEmpty)

    let document = try JSONDecoder().decode(
      RunDocument.self, from: Data(contentsOf: folder.url.appending(path: "results/run.json")))
    // 156 MB were measured; both files together are 5 MB, the model 1 MB.
    #expect(document.peakMemoryBytes < 400 << 20)
  }

  private struct RunDocument: Decodable {
    var peakMemoryBytes: Int
  }

  private struct Line: Decodable {
    var row: Int
    var code: String?
    var stage: String?
  }

  private func rows(_ url: URL) throws -> [Line] {
    try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }
}

var isDebugBuild: Bool {
  #if DEBUG
  true
  #else
  false
  #endif
}
