import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

/// Logits of tiny random models of every family, as transformers saves them, against transformers
/// and PEFT in fp32. Made by Goldens/families.py and families5.py.
@Suite struct FamilyTests {
  private func context() -> ForwardContext {
    ForwardContext(arena: Arena(), parallel: Parallel(threads: 1))
  }

  /// At most 1e-5 of the greatest logit apart; a feature left out makes ten times as much, which
  /// the scripts check.
  private func expectEqual(
    _ found: UnsafePointer<Float>, _ expected: SafetensorsFile, _ name: String
  ) throws {
    let golden = try expected.weight(name).array
    let scale = golden.map(abs).max() ?? 1
    let difference = golden.indices.map { abs(golden[$0] - found[$0]) }.max() ?? .infinity
    #expect(difference <= 1e-5 * scale, "\(name): \(difference) of \(scale)")
  }

  @Test func coversEveryModel() throws {
    for set in FamilyGoldens.Set.allCases {
      let listed = FamilyGoldens.models.filter { $0.set == set }.map(\.name)
      #expect(try Set(FamilyGoldens(set).cases.map(\.model)) == Set(listed))
    }
  }

  /// Prompts shorter and longer than the windows, with every adapter of the model, packed in one
  /// batch; then the 16 tokens that transformers chose, in lock-step.
  @Test(arguments: FamilyGoldens.models)
  func prefillAndSixteenthToken(model: FamilyGoldens.Model) throws {
    let folder = try ModelFolder(model.folder)
    let decoder = try Decoder(folder)
    let goldens = try FamilyGoldens(model.set)
    let expected = try SafetensorsFile(goldens.logits)
    let cases = goldens.cases(of: model)
    let prompts = try cases.map { golden in
      let adapter = try golden.adapter.map {
        try Adapter(folder: model.adapter($0), name: $0, for: folder)
      }
      return Decoder.Prompt(
        tokens: golden.prompt, adapter: adapter.map(BoundAdapter.init))
    }
    let context = context()
    let (caches, first) = decoder.prefill(prompts, context)
    for (row, golden) in cases.enumerated() {
      try expectEqual(first.row(row), expected, "\(golden.key).prefill")
    }
    let generated = cases.map { _ in decoder.makeGeneratedCache(beams: 1, steps: 16) }
    for step in 0..<16 {
      let requests = cases.indices.map { index in
        StepRequest(
          prompt: caches[index], generated: generated[index],
          adapter: prompts[index].adapter, step: step,
          lanes: [
            .init(token: cases[index].generated[step], backPointers: (0...Int32(step)).map { $0 })
          ])
      }
      let logits = decoder.step(requests, context)
      guard step == 15 else { continue }
      for (row, golden) in cases.enumerated() {
        try expectEqual(logits.row(row), expected, "\(golden.key).step")
      }
    }
  }

  /// Products in bf16 and int8 stay near fp32. The bounds are about three times what was measured.
  @Test(
    arguments: FamilyGoldens.models.filter { $0.set == .families5 },
    [(ComputeType.bfloat16, Float(0.03)), (.int8, 0.15)])
  func otherComputeTypesStayNear(
    model: FamilyGoldens.Model, type: (compute: ComputeType, tolerance: Float)
  ) throws {
    let goldens = try FamilyGoldens(model.set)
    let expected = try SafetensorsFile(goldens.logits)
    let decoder = try Decoder(ModelFolder(model.folder), compute: type.compute)
    let cases = goldens.cases(of: model).filter { $0.adapter == nil }
    let prompts = cases.map { Decoder.Prompt(tokens: $0.prompt, adapter: nil) }
    let context = context()
    let logits = decoder.prefill(prompts, context).logits
    try withExtendedLifetime(context) {
      for (row, golden) in cases.enumerated() {
        let reference = try expected.weight("\(golden.key).prefill").array
        let difference = reference.indices.map { abs(reference[$0] - logits.row(row)[$0]) }.max()
        let scale = reference.map(abs).max() ?? 1
        #expect((difference ?? .infinity) <= type.tolerance * scale, "\(golden.key)")
      }
    }
  }

  /// Its `config.json` has 1024 positions, 64 of them original; longer rows are refused.
  @Test func longRoPEKeepsToTheOriginalContext() throws {
    let phi4 = try #require(FamilyGoldens.models.first { $0.name == "phi4" })
    let decoder = try Decoder(ModelFolder(phi4.folder))
    #expect(decoder.hasOriginalContext && decoder.contextLength == 64)
    let phi3 = try #require(FamilyGoldens.models.first { $0.name == "phi3" })
    #expect(try !Decoder(ModelFolder(phi3.folder)).hasOriginalContext)
  }

  /// Two beams that swap their pasts: each must answer as a prefill of its whole sequence does, so
  /// windows count along the back-pointers.
  @Test(arguments: ["mistral-window", "qwen2-window", "gemma2"], [3, 6, 12])
  func windowsFollowTheAncestry(name: String, promptLength: Int) throws {
    let model = try #require(FamilyGoldens.models.first { $0.name == name })
    let decoder = try Decoder(ModelFolder(model.folder))
    var random = SeededGenerator(seed: UInt64(promptLength))
    let prompt = (0..<promptLength).map { _ in Int32.random(in: 3..<128, using: &random) }
    let context = context()
    let cache = decoder.prefill([.init(tokens: prompt, adapter: nil)], context).caches[0]
    let generated = decoder.makeGeneratedCache(beams: 2, steps: 12)
    var beams: [(tokens: [Int32], backPointers: [Int32])] = [([], []), ([], [])]
    var last: [[Float]] = []
    for step in 0..<12 {
      if step % 3 == 2 { beams[0] = beams[1] }
      if step % 5 == 4 { beams.swapAt(0, 1) }
      for lane in 0..<2 {
        beams[lane].tokens.append(Int32.random(in: 3..<128, using: &random))
        beams[lane].backPointers.append(Int32(step * 2 + lane))
      }
      let request = StepRequest(
        prompt: cache, generated: generated, adapter: nil, step: step,
        lanes: beams.map { .init(token: $0.tokens[step], backPointers: $0.backPointers) })
      let logits = decoder.step([request], context)
      last = (0..<2).map { lane in
        Array(UnsafeBufferPointer(start: logits.row(lane), count: logits.columns))
      }
    }
    for (beam, found) in zip(beams, last) {
      let whole = decoder.prefill([.init(tokens: prompt + beam.tokens, adapter: nil)], context)
      let scale = found.map(abs).max() ?? 1
      for index in found.indices {
        #expect(abs(found[index] - whole.logits.row(0)[index]) <= 1e-5 * scale)
      }
    }
  }
}
