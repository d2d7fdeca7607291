import ParaAdapters
import ParaDecoding
import ParaTensors
import ParaTestSupport
import Testing

@testable import ParaEngine

/// Prompts that begin alike prefill their beginning once, and nobody can tell from their answers.
@Suite struct SharedPrefixTests {
  private static let adapters: [String?] = [
    nil, "math-lora", "math-ia3", "math-bitfit", "math-para", "squad-lora",
  ]

  @Test(
    arguments: [ComputeType.float32, .bfloat16, .int8],
    [KVCacheType.float32, .bfloat16, .int8])
  func answersHaveTheBitsOfWholePrefills(compute: ComputeType, cache: KVCacheType) throws {
    let model = try EmbeddedModel(compute: compute, cache: cache)
    let requests = try requests(model)
    var options = EngineOptions(workers: 1, threadsPerWorker: 2)
    options.prefixMemory = 0
    let expected = try Engine(model.decoder, options: options).generate(requests)
    options.prefixMemory = 1 << 26
    let engine = Engine(model.decoder, options: options)
    // The second time all beginnings are cached.
    for _ in 0..<2 { try expectSame(engine.generate(requests), expected) }
    for (request, own) in zip(requests, expected).reversed() {
      try expectSame(engine.generate([request]), [own])
    }
    let shared = Prefiller(engine).sharedPrefixes(requests)
    for (request, shared) in zip(requests, shared) {
      let isPARA = request.adapter?.vectorBytes ?? 0 > 0
      #expect((shared == nil) == (isPARA || request.tokens.count < 60))
    }
  }

  /// With room for one beginning at a time they displace one another, and with none nothing is shared.
  @Test(arguments: [1, 1 << 10, 1 << 18]) func littleMemory(bytes: Int) throws {
    let model = try EmbeddedModel()
    let requests = try requests(model)
    var options = EngineOptions(workers: 1, threadsPerWorker: 1)
    options.prefixMemory = 0
    let expected = try Engine(model.decoder, options: options).generate(requests)
    options.prefixMemory = bytes
    let engine = Engine(model.decoder, options: options)
    for _ in 0..<2 { try expectSame(engine.generate(requests), expected) }
  }

  /// Workers that need the same beginning at once: one prefills it, the others wait for it.
  @Test func workersWaitForOneAnother() async throws {
    let model = try EmbeddedModel()
    let requests = try requests(model)
    var options = EngineOptions(workers: 4, threadsPerWorker: 1)
    options.prefixMemory = 0
    let expected = try Engine(model.decoder, options: options).generate(requests)
    options.prefixMemory = 1 << 26
    for _ in 0..<5 {
      let engine = Engine(model.decoder, options: options)
      let found = try await withThrowingTaskGroup(of: [[Hypothesis]].self) { group in
        for _ in 0..<4 { group.addTask { try engine.generate(requests) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for found in found { expectSame(found, expected) }
    }
  }

  private func expectSame(_ found: [[Hypothesis]], _ expected: [[Hypothesis]]) {
    for (found, expected) in zip(found, expected) {
      #expect(found.map(\.tokens) == expected.map(\.tokens))
      #expect(
        found.map(\.sumLogProbability.bitPattern) == expected.map(\.sumLogProbability.bitPattern))
    }
  }

  /// For each adapter: two passages of 70 and 43 tokens behind common examples of 50, with three questions each, an
  /// identical pair, and a short prompt.
  private func requests(_ model: EmbeddedModel) throws -> [GenerationRequest] {
    var random = SplitMix(seed: 3)
    func tokens(_ count: Int) -> [TokenID] {
      (0..<count).map { _ in TokenID.random(in: 5..<2000, using: &random) }
    }
    let examples = tokens(50)
    let passages = [70, 43].map { examples + tokens($0) }
    let prompts = passages.flatMap { passage in (1...3).map { passage + tokens($0 * 7) } }
    let all = prompts + [prompts[0], tokens(9)]
    return try Self.adapters.flatMap { adapter in
      try all.enumerated().map { index, tokens in
        try model.request(
          tokens: tokens, adapter: adapter, beams: 1 + index % 2 * 2, newTokens: 6)
      }
    }
  }
}

/// Which beginnings are shared.
@Suite struct PrefixTreeTests {
  /// Every node is the beginning of all prompts below it, longer than its parent by what is worth it, and each prompt
  /// keeps a token of its own. Random prompts over few words, so that all ways to share occur.
  @Test func randomPrompts() {
    var random = SplitMix(seed: 5)
    for _ in 0..<500 {
      var prompts: [[TokenID]] = [[]]
      for _ in 0..<Int.random(in: 1...12, using: &random) {
        let old = prompts.randomElement(using: &random) ?? []
        let kept = old.prefix(Int.random(in: 0...old.count, using: &random))
        let own = (0..<Int.random(in: 1...120, using: &random)).map { _ in
          TokenID.random(in: 0..<3, using: &random)
        }
        prompts.append(kept + own)
      }
      check(PrefixTree(prompts), prompts)
    }
  }

  private func check(_ tree: PrefixTree, _ prompts: [[TokenID]]) {
    for (index, node) in tree.nodes.enumerated() {
      let parent = node.parent.map { tree.nodes[$0] }
      #expect(node.parent.map { $0 < index } ?? true)
      #expect(node.length % 16 == 0)
      #expect(node.length >= (parent?.length ?? 0) + 32)
      #expect(node.depth == (parent?.depth ?? -1) + 1)
      let beginning = prompts[node.prompt].prefix(node.length)
      #expect(
        parent.map { prompts[$0.prompt].prefix($0.length) == beginning.prefix($0.length) } ?? true)
      var users = 0
      for (prompt, own) in zip(prompts, tree.nodeOfPrompt) where isBelow(own, index, tree) {
        #expect(prompt.starts(with: beginning) && prompt.count > node.length)
        users += 1
      }
      #expect(users > 1)
    }
  }

  private func isBelow(_ node: Int?, _ ancestor: Int, _ tree: PrefixTree) -> Bool {
    var node = node
    while let current = node {
      if current == ancestor { return true }
      node = tree.nodes[current].parent
    }
    return false
  }

  @Test func examplesPassagesAndQuestions() {
    let examples = [TokenID](repeating: 1, count: 100)
    let passages = (2...3).map { examples + [TokenID](repeating: $0, count: 50) }
    let tree = PrefixTree(passages.flatMap { passage in (4...6).map { passage + [$0, $0] } })
    #expect(tree.nodes.map(\.length) == [96, 144, 144])
    #expect(tree.nodes.map(\.parent) == [nil, 0, 0])
    #expect(tree.nodeOfPrompt == [1, 1, 1, 2, 2, 2])
  }

  @Test func promptsThatGrowStopAtTheGreatestDepth() {
    let prompts = (1...20).map { [TokenID](repeating: 1, count: 40 * $0) }
    let tree = PrefixTree(prompts)
    #expect(tree.nodes.map(\.depth) == [0, 1, 2, 3])
    #expect(tree.nodes.map(\.length) == [32, 64, 112, 144])
  }
}
