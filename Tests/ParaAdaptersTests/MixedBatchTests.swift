import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

/// Every adapter of the goldens (PARA with all its options, LoRA of many ranks, (IA)³, BitFit) and the bare model in one
/// packed batch, against each of them alone.
@Suite struct MixedBatchTests {
  private struct Golden: Decodable {
    var prompts: [[Int32]]
    var next: [Int32]
    var adapters: [String]
  }

  private let decoder: Decoder
  private let prompts: [(name: String, prompt: Decoder.Prompt, next: Int32)]

  init() throws {
    let folder = Fixtures.goldens("ParaAdaptersTests")
    let golden = try JSONFile.decode(Golden.self, folder.appending(path: "logits.json"))
    let model = try ModelFolder(folder.appending(path: "model"))
    decoder = try Decoder(model)
    let names = golden.adapters.filter { !$0.hasPrefix("biased") }
    var prompts: [(String, Decoder.Prompt, Int32)] = []
    for (tokens, next) in zip(golden.prompts, golden.next) {
      prompts.append(("none", Decoder.Prompt(tokens: tokens, adapter: nil), next))
      for name in names {
        let adapter = try Adapter(
          folder: folder.appending(path: "adapters/\(name)"), name: name, for: model)
        prompts.append((name, Decoder.Prompt(tokens: tokens, adapter: BoundAdapter(adapter)), next))
      }
    }
    self.prompts = prompts
  }

  /// The logits after each prompt, and after one token more.
  private func logits(_ indices: Range<Int>) -> [[Float]] {
    let context = ForwardContext(arena: Arena(), parallel: Parallel(threads: 1))
    let chosen = prompts[indices]
    func rows(_ logits: Matrix) -> [[Float]] {
      (0..<chosen.count).map {
        Array(UnsafeBufferPointer(start: logits.row($0), count: logits.columns))
      }
    }
    let (caches, first) = decoder.prefill(chosen.map(\.prompt), context)
    let found = rows(first)
    let steps = zip(chosen, caches).map { row, cache in
      StepRequest(
        prompt: cache, generated: decoder.makeGeneratedCache(beams: 1, steps: 1),
        adapter: row.prompt.adapter, step: 0, lanes: [.init(token: row.next, backPointers: [0])]
      )
    }
    return zip(found, rows(decoder.step(steps, context))).map { $0 + $1 }
  }

  @Test func eachRowIsWhatItIsAlone() throws {
    let methods = Set(prompts.compactMap { $0.prompt.adapter?.adapter?.method })
    #expect(methods == Set(AdapterMethod.allCases) && prompts.count > 60)
    let together = logits(prompts.indices)
    for index in prompts.indices {
      let alone = logits(index..<index + 1)[0]
      let scale = alone.map(abs).max() ?? 1
      let difference = zip(alone, together[index]).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference <= 1e-5 * scale, "\(prompts[index].name): \(difference)")
    }
  }
}
