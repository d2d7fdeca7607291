import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

/// Logits on the embedded model against PyTorch: transformers for the base, PEFT for LoRA and
/// (IA)³, and the plain modules of fixtures/make/para.py for PARA and BitFit. Made by
/// fixtures/make/goldens.py.
@Suite struct LogitsTests {
  struct Golden: Decodable {
    struct Case: Decodable, Sendable {
      var key: String
      var adapter: String?
      var promptTokens: [Int32]
      var generatedTokens: [Int32]
    }
    var cases: [Case]
  }

  private static let goldens = Fixtures.goldens("ParaModelTests")
  private let decoder: Decoder
  private let folder: ModelFolder
  private let cases: [Golden.Case]
  private let expected: SafetensorsFile

  init() throws {
    folder = try ModelFolder(Fixtures.model)
    decoder = try Decoder(folder)
    cases = try JSONFile.decode(Golden.self, Self.goldens.appending(path: "logits.json")).cases
    expected = try SafetensorsFile(Self.goldens.appending(path: "logits.safetensors"))
  }

  private func boundAdapter(_ golden: Golden.Case) throws -> BoundAdapter? {
    try golden.adapter.map {
      BoundAdapter(try Adapter(folder: Fixtures.adapter($0), name: $0, for: folder))
    }
  }

  private func context(_ threads: Int = 1) -> ForwardContext {
    ForwardContext(arena: Arena(), parallel: Parallel(threads: threads))
  }

  /// The greatest difference relative to the greatest logit.
  private func expectEqual(_ found: UnsafePointer<Float>, _ name: String) throws {
    let golden = try expected.weight(name, rows: 1, columns: decoder.vocabularySize).array
    let scale = golden.map(abs).max() ?? 1
    let difference = golden.indices.map { abs(golden[$0] - found[$0]) }.max() ?? .infinity
    #expect(difference <= 1e-4 * scale, "\(name): \(difference) of \(scale)")
  }

  @Test func coversEveryMethod() throws {
    let methods = try cases.compactMap { try boundAdapter($0)?.adapter?.method }
    #expect(Set(methods) == [.para, .lora, .ia3, .bitFit])
    #expect(cases.contains { $0.adapter == nil })
  }

  /// All prompts in one packed batch, then 20 tokens one by one in lock-step, every adapter beside
  /// the others.
  @Test(arguments: [1, 2]) func prefillAndTwentiethToken(threads: Int) throws {
    let context = context(threads)
    let prompts = try cases.map {
      Decoder.Prompt(tokens: $0.promptTokens, adapter: try boundAdapter($0))
    }
    let (caches, first) = decoder.prefill(prompts, context)
    for (row, golden) in cases.enumerated() {
      try expectEqual(first.row(row), "\(golden.key).prefill")
    }

    var requests = cases.indices.map { index in
      StepRequest(
        prompt: caches[index], generated: decoder.makeGeneratedCache(beams: 1, steps: 20),
        adapter: prompts[index].adapter, step: 0, lanes: [.init(token: 0, backPointers: [])])
    }
    for step in 0..<19 {
      for index in requests.indices {
        requests[index].step = step
        let backPointers = requests[index].lanes[0].backPointers + [Int32(step)]
        requests[index].lanes = [
          .init(token: cases[index].generatedTokens[step], backPointers: backPointers)
        ]
      }
      let logits = decoder.step(requests, context)
      guard step == 18 else { continue }
      for (row, golden) in cases.enumerated() {
        try expectEqual(logits.row(row), "\(golden.key).step")
      }
    }
  }

  /// The same of the reference decoder, a sequence at a time.
  @Test func referenceDecoder() throws {
    let reference = try ReferenceDecoder(folder)
    for golden in cases {
      let logits = reference.forward(
        golden.promptTokens + golden.generatedTokens.prefix(19),
        adapter: try boundAdapter(golden)?.weights, promptLength: golden.promptTokens.count
      ).logits
      let last = golden.promptTokens.count - 1
      try logits.row(last).withUnsafeBufferPointer {
        try expectEqual(#require($0.baseAddress), "\(golden.key).prefill")
      }
      try logits.row(last + 19).withUnsafeBufferPointer {
        try expectEqual(#require($0.baseAddress), "\(golden.key).step")
      }
    }
  }
}
