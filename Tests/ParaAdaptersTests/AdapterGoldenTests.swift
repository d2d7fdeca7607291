import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

/// Logits of every kind of folder against PyTorch: PEFT 0.18.0 for LoRA and (IA)³, plain modules
/// for PARA and BitFit. Made by Goldens/make.py.
@Suite struct AdapterGoldenTests {
  private struct Golden: Decodable {
    var prompts: [[Int32]]
    var next: [Int32]
    var adapters: [String]
  }

  private static let folder = Fixtures.goldens("ParaAdaptersTests")
  private let golden: Golden
  private let expected: SafetensorsFile

  init() throws {
    golden = try JSONFile.decode(Golden.self, Self.folder.appending(path: "logits.json"))
    expected = try SafetensorsFile(Self.folder.appending(path: "logits.safetensors"))
  }

  private func model(_ name: String) throws -> ModelFolder {
    try ModelFolder(Self.folder.appending(path: name))
  }

  private func adapter(_ name: String, for model: ModelFolder) throws -> Adapter {
    try Adapter(folder: Self.folder.appending(path: "adapters/\(name)"), name: name, for: model)
  }

  /// Runs every adapter on both prompts in one packed batch, then one token more; returns the
  /// greatest difference of each name from the golden.
  private func differences(_ names: [String], on model: ModelFolder) throws -> [String: Float] {
    let decoder = try Decoder(model)
    let context = ForwardContext(arena: Arena(), parallel: Parallel(threads: 1))
    let cases = names.flatMap { name in golden.prompts.indices.map { (name: name, prompt: $0) } }
    let prompts = try cases.map { name, prompt in
      let isBare = name.hasSuffix("none")
      return Decoder.Prompt(
        tokens: golden.prompts[prompt],
        adapter: isBare ? nil : BoundAdapter(try adapter(name, for: model)))
    }
    var worst: [String: Float] = [:]
    func compare(_ logits: Matrix, row: Int, after step: Int) throws {
      let (name, prompt) = cases[row]
      let all = try expected.weight(name, rows: 4, columns: logits.columns).array
      let start = (prompt * 2 + step) * logits.columns
      for column in 0..<logits.columns {
        let difference = abs(logits.row(row)[column] - all[start + column])
        worst[name] = max(worst[name] ?? 0, difference)
      }
    }
    let (caches, first) = decoder.prefill(prompts, context)
    for row in cases.indices { try compare(first, row: row, after: 0) }
    let requests = cases.indices.map { row in
      StepRequest(
        prompt: caches[row], generated: decoder.makeGeneratedCache(beams: 1, steps: 1),
        adapter: prompts[row].adapter, step: 0,
        lanes: [.init(token: golden.next[cases[row].prompt], backPointers: [0])])
    }
    let second = decoder.step(requests, context)
    for row in cases.indices { try compare(second, row: row, after: 1) }
    for bound in prompts.compactMap(\.adapter) {
      let isPARA = bound.adapter?.method == .para
      #expect(bound.generatorCalls == (isPARA ? model.configuration.layers : 0))
    }
    return worst
  }

  @Test func logitsAgreeWithPyTorch() throws {
    let names = golden.adapters.filter { !$0.hasPrefix("biased") }
    #expect(names.count >= 30)
    let worst = try differences(["none"] + names, on: model("model"))
    for (name, difference) in worst { #expect(difference <= 1e-4, "\(name): \(difference)") }
  }

  /// An adapter that changes nothing would agree with a golden that nothing changes.
  @Test func everyAdapterChangesTheLogits() throws {
    let bare = try expected.weight("none", rows: 4, columns: 64).array
    for name in golden.adapters where !name.hasPrefix("biased") {
      let adapted = try expected.weight(name, rows: 4, columns: 64).array
      let change = zip(bare, adapted).map { abs($0 - $1) }.max() ?? 0
      #expect(change > 1e-2, "\(name)")
    }
  }

  private static var readsBiases: Bool {
    (try? Decoder(ModelFolder(folder.appending(path: "biased-model")))) != nil
  }

  @Test(.enabled(if: readsBiases, "needs a decoder with biases in its projections"))
  func trainedBiasesReplaceTheModels() throws {
    let names = golden.adapters.filter { $0.hasPrefix("biased") }
    let worst = try differences(["biased-none"] + names, on: model("biased-model"))
    for (name, difference) in worst { #expect(difference <= 1e-4, "\(name): \(difference)") }
  }
}
