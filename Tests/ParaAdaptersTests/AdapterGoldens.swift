import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport

/// Adapter folders with the logits of PyTorch: after each prompt, and after one more token.
///
/// `Goldens` was made by its `make.py` with PEFT 0.18 for LoRA and (IA)³ and plain modules for PARA and
/// BitFit, `Goldens/peft-0.21` by its own with PEFT 0.21.
struct AdapterGoldens {
  let prompts: [[Int32]]
  let next: [Int32]
  /// The base model's folder of each case; the adapter of a case whose name ends in `none` is none.
  let models: [String: URL]
  private let folder: URL
  private let logits: SafetensorsFile

  static let folders = ["", "peft-0.21"]

  private struct File: Decodable {
    var prompts: [[Int32]]
    var next: [Int32]
    var adapters: [String]?
    var models: [String: String]?

    /// PEFT 0.18's file names its adapters only.
    var modelOfCase: [String: String] {
      let names = ["none", "biased-none"] + (adapters ?? [])
      return models
        ?? Dictionary(
          uniqueKeysWithValues: names.map {
            ($0, $0.hasPrefix("biased") ? "biased-model" : "model")
          })
    }
  }

  init(_ name: String) throws {
    let folder = Fixtures.goldens("ParaAdaptersTests").appending(path: name)
    let file = try JSONFile.decode(File.self, folder.appending(path: "logits.json"))
    logits = try SafetensorsFile(folder.appending(path: "logits.safetensors"))
    (prompts, next) = (file.prompts, file.next)
    models = file.modelOfCase.mapValues { folder.appending(path: $0).standardizedFileURL }
    self.folder = folder
  }

  /// The cases of each model, sorted.
  var casesByModel: [URL: [String]] {
    Dictionary(grouping: models.keys.sorted()) { models[$0] ?? folder }
  }

  func adapter(_ name: String, for model: ModelFolder) throws -> Adapter? {
    guard !name.hasSuffix("none") else { return nil }
    return try Adapter(folder: folder.appending(path: "adapters/\(name)"), name: name, for: model)
  }

  /// [prompts × 2, vocabulary]: a prompt's logits, then those after its next token.
  func expected(_ name: String) throws -> [[Float]] {
    let rows = 2 * prompts.count
    let columns = logits.tensors[name]?.shape.last ?? 0
    let weight = try logits.weight(name, rows: rows, columns: columns)
    return (0..<rows).map { Array(UnsafeBufferPointer(start: weight.row($0), count: columns)) }
  }
}

/// A case of the goldens on one of its prompts.
struct GoldenRow {
  var name: String
  var prompt: Decoder.Prompt
  var next: Int32
}

extension Decoder {
  /// The logits after each prompt and after its next token, all rows in one packed batch.
  func logits(_ rows: some Collection<GoldenRow>) -> [(prompt: [Float], next: [Float])] {
    let context = ForwardContext(arena: Arena(), parallel: Parallel(threads: 1))
    func arrays(_ logits: Matrix) -> [[Float]] {
      (0..<rows.count).map {
        Array(UnsafeBufferPointer(start: logits.row($0), count: logits.columns))
      }
    }
    let (caches, first) = prefill(rows.map(\.prompt), context)
    let afterPrompt = arrays(first)
    let steps = zip(rows, caches).map { row, cache in
      StepRequest(
        prompt: cache, generated: makeGeneratedCache(beams: 1, steps: 1),
        adapter: row.prompt.adapter, step: 0, lanes: [.init(token: row.next, backPointers: [0])])
    }
    return zip(afterPrompt, arrays(step(steps, context))).map { (prompt: $0, next: $1) }
  }
}

extension AdapterGoldens {
  /// A row for each case and prompt.
  func rows(_ cases: [String], on model: ModelFolder) throws -> [GoldenRow] {
    try cases.flatMap { name in
      try zip(prompts, next).map { tokens, next in
        let adapter = try adapter(name, for: model).map { BoundAdapter($0) }
        return GoldenRow(
          name: name, prompt: Decoder.Prompt(tokens: tokens, adapter: adapter), next: next)
      }
    }
  }
}
