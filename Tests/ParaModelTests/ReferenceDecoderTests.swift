import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaModel
import ParaTensors
import ParaTestSupport
import Testing

/// The reference decoder against PyTorch's goldens, and the decoder against the reference decoder.
@Suite struct ReferenceDecoderTests {
  /// The greatest difference relative to the greatest expected logit.
  private func difference(_ found: some Collection<Float>, _ expected: [Float]) -> Float {
    let scale = expected.map(abs).max() ?? 1
    guard found.count == expected.count else { return .infinity }
    return zip(found, expected).map { ($0 - $1).magnitude }.reduce(0) { $0 >= $1 ? $0 : $1 } / scale
  }

  // MARK: Goldens

  /// The logits after the prompt and after 16 tokens more, with every adapter that was recorded: to
  /// 1e-5, as `FamilyTests` asks of the decoder.
  @Test(arguments: FamilyGoldens.models)
  func equalsTheGoldensOfFamilies(model: FamilyGoldens.Model) throws {
    let folder = try ModelFolder(model.folder)
    let reference = try ReferenceDecoder(folder)
    let goldens = try FamilyGoldens(model.set)
    let expected = try SafetensorsFile(goldens.logits)
    for golden in goldens.cases(of: model) {
      let adapter = try golden.adapter.map {
        try Adapter(folder: model.adapter($0), name: $0, for: folder)
      }
      let logits = reference.forward(
        golden.prompt + golden.generated.prefix(16), adapter: adapter?.weights,
        promptLength: golden.prompt.count
      ).logits
      let prefill = try expected.weight("\(golden.key).prefill").array
      let step = try expected.weight("\(golden.key).step").array
      let rows = (golden.prompt.count - 1, golden.prompt.count + 15)
      #expect(difference(logits.row(rows.0), prefill) <= 1e-5, "\(golden.key)")
      #expect(difference(logits.row(rows.1), step) <= 1e-5, "\(golden.key)")
    }
  }

  // MARK: Decoder

  /// Prompts in one packed batch, each with another kind of adjustment, then steps of two beams that
  /// swap their pasts: to 1e-4 of what the reference decoder makes of each sequence alone.
  @Test(arguments: FamilyGoldens.models)
  func decoderEqualsReference(model: FamilyGoldens.Model) throws {
    let folder = try ModelFolder(model.folder)
    var batch = try ReferenceBatch(folder, threads: 2, seed: 7)
    batch.prefill()
    for step in 0..<4 { batch.step(swapping: step % 2 == 1) }
    for (name, found, expected) in batch.results() {
      #expect(difference(found, expected) <= 1e-4, "\(name)")
    }
  }

  /// What is kept is what was computed: the last layer's output leads to the logits.
  @Test func keepsItsActivations() throws {
    let folder = try ModelFolder(FamilyGoldens.models[0].folder)
    let reference = try ReferenceDecoder(folder)
    let tokens: [Int32] = [3, 14, 15, 92, 6]
    let kept = reference.forward(tokens, keepsActivations: true)
    #expect(reference.forward(tokens).logits == kept.logits)
    #expect(kept.layers.count == folder.configuration.layers)
    for (layer, next) in zip(kept.layers, kept.layers.dropFirst()) {
      #expect(layer.output == next.input)
    }
    for row in 0..<tokens.count {
      let sum = kept.layers[0].probabilities.row(row).reduce(0, +)
      #expect(abs(sum - 1) < 1e-5)
    }
  }
}

/// Requests of the decoder beside what the reference decoder expects of them.
private struct ReferenceBatch {
  private struct Request {
    var name: String
    var prompt: Decoder.Prompt
    var cache: PromptKVCache?
    var generated: GeneratedKVCache
    /// Each beam's tokens and cache rows.
    var beams: [(tokens: [Int32], rows: [Int32])] = [([], []), ([], [])]
  }

  private let decoder: Decoder
  private let reference: ReferenceDecoder
  private let context: ForwardContext
  private var random: SeededGenerator
  private var requests: [Request] = []
  private var steps = 0
  /// Sequences with the logits that the decoder found behind them.
  private var found: [(request: Int, tokens: [Int32], logits: [Float])] = []

  init(_ folder: ModelFolder, threads: Int, seed: UInt64) throws {
    decoder = try Decoder(folder, threads: threads)
    reference = try ReferenceDecoder(folder)
    context = ForwardContext(arena: Arena(), parallel: Parallel(threads: threads))
    random = SeededGenerator(seed: seed)
    // One longer than a row block.
    let lengths = [5, 12, 3, 140, 1, 9, 24, 7]
    for (kind, length) in zip(RandomAdapter.allCases, lengths) {
      let adapter = kind.weights(folder.configuration, &random).map { BoundAdapter($0) }
      let tokens = (0..<length).map { _ in token() }
      requests.append(
        Request(
          name: "\(kind)", prompt: .init(tokens: tokens, adapter: adapter),
          generated: decoder.makeGeneratedCache(beams: 2, steps: 8)))
    }
  }

  private mutating func token() -> Int32 {
    Int32.random(in: 3..<Int32(decoder.vocabularySize), using: &random)
  }

  mutating func prefill() {
    let (caches, logits) = decoder.prefill(requests.map(\.prompt), context)
    for index in requests.indices {
      requests[index].cache = caches[index]
      note(index, [], logits, row: index)
    }
  }

  /// - Parameter swapping: True if the second beam goes on from the first one's past.
  mutating func step(swapping: Bool) {
    var inputs: [StepRequest] = []
    for index in requests.indices {
      if swapping { requests[index].beams[1] = requests[index].beams[0] }
      for lane in 0..<2 {
        requests[index].beams[lane].tokens.append(token())
        requests[index].beams[lane].rows.append(Int32(2 * steps + lane))
      }
      guard let cache = requests[index].cache else { continue }
      inputs.append(
        StepRequest(
          prompt: cache, generated: requests[index].generated,
          adapter: requests[index].prompt.adapter, step: steps,
          lanes: requests[index].beams.map {
            .init(token: $0.tokens[steps], backPointers: $0.rows)
          }))
    }
    steps += 1
    let logits = decoder.step(inputs, context)
    for index in requests.indices {
      for lane in 0..<2 {
        note(index, requests[index].beams[lane].tokens, logits, row: 2 * index + lane)
      }
    }
  }

  private mutating func note(_ request: Int, _ tokens: [Int32], _ logits: Matrix, row: Int) {
    let row = UnsafeBufferPointer(start: logits.row(row), count: logits.columns)
    found.append((request, requests[request].prompt.tokens + tokens, Array(row)))
  }

  func results() -> [(name: String, found: [Float], expected: [Float])] {
    // A sequence's pass has the logits of its beginnings too.
    var passes: [(request: Int, tokens: [Int32], logits: Activation)] = []
    return found.reversed().map { request, tokens, logits in
      let known = passes.first { $0.request == request && $0.tokens.starts(with: tokens) }
      let all = known?.logits ?? expected(request, tokens)
      if known == nil { passes.append((request, tokens, all)) }
      return (
        "\(requests[request].name), \(tokens.count) tokens", logits,
        Array(all.row(tokens.count - 1))
      )
    }
  }

  private func expected(_ request: Int, _ tokens: [Int32]) -> Activation {
    let prompt = requests[request].prompt
    return reference.forward(
      tokens, adapter: prompt.adapter?.weights, promptLength: prompt.tokens.count
    ).logits
  }
}

/// Adapters of random weights, one of each kind of adjustment that the model knows.
private enum RandomAdapter: CaseIterable {
  case none, scale, inputScale, bias, lowRank, highRank, generator, everything

  func weights(
    _ model: ModelConfiguration, _ random: inout SeededGenerator
  ) -> AdapterWeights? {
    guard self != .none else { return nil }
    func weight(_ rows: Int, _ columns: Int, around centre: Float = 0) -> Weight {
      let values = random.floats(rows * columns).map { centre + 0.2 * $0 }
      return Weight(FloatBuffer(values), rows: rows, columns: columns)
    }
    func update(_ projection: Projection, rank: Int) -> LowRankUpdate {
      LowRankUpdate(
        a: weight(rank, projection.inputSize(model)),
        b: weight(projection.outputSize(model), rank), factor: 0.5)
    }
    return AdapterWeights(
      layers: (0..<model.layers).map { _ in
        var layer = AdapterWeights.Layer()
        if self == .generator {
          layer.generator = TestGenerator(model, weight: weight(1, model.hiddenSize))
          return layer
        }
        for projection in Projection.allCases {
          let isAll = self == .everything
          var adjustment = ProjectionAdjustment()
          if isAll || self == .scale {
            adjustment.scale = weight(1, projection.outputSize(model), around: 1)
          }
          if isAll || self == .inputScale {
            adjustment.inputScale = weight(1, projection.inputSize(model), around: 1)
          }
          if isAll || self == .bias {
            adjustment.bias = weight(1, projection.outputSize(model))
          }
          if isAll || self == .lowRank { adjustment.lowRank = update(projection, rank: 3) }
          if self == .highRank { adjustment.lowRank = update(projection, rank: 17) }
          layer.projections[projection] = adjustment
        }
        return layer
      })
  }
}

/// Scales q, v and up by vectors that depend on all of a prompt's states.
private struct TestGenerator: PromptVectorGenerator {
  let parts: ProjectionTable<Range<Int>?>
  let outputSize: Int
  private let weight: Weight

  init(_ model: ModelConfiguration, weight: Weight) {
    var (parts, offset) = (ProjectionTable<Range<Int>?>(repeating: nil), 0)
    for projection in [Projection.query, .value, .up] {
      parts[projection] = offset..<offset + projection.outputSize(model)
      offset += projection.outputSize(model)
    }
    (self.parts, self.weight, outputSize) = (parts, weight, offset)
  }

  func generate(from prompt: Matrix, into vectors: UnsafeMutablePointer<Float>) {
    var sum: Float = 0
    for row in 0..<prompt.rows {
      for column in 0..<prompt.columns {
        sum += prompt.row(row)[column] * weight.row(0)[column]
      }
    }
    for index in 0..<outputSize {
      vectors[index] = 1 + 0.2 * tanh(sum / Float(prompt.rows) + Float(index % 7))
    }
  }
}
