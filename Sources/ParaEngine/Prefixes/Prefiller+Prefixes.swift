import ParaAdapters
import ParaDecoding
import ParaModel

extension Prefiller {
  /// A prefilled beginning, and how many of its tokens a prompt takes.
  typealias SharedPrefix = (entry: PrefixCache.Entry, length: Int)

  /// What each request can copy from a prefilled beginning; beginnings that requests of this batch share
  /// are prefilled here first, where there is memory for them.
  ///
  /// - Returns: For each request a beginning and how many of its tokens it takes; nil where it shares none.
  func sharedPrefixes(_ requests: [GenerationRequest]) -> [SharedPrefix?] {
    var shared = [SharedPrefix?](repeating: nil, count: requests.count)
    guard let cache = engine.prefixes else { return shared }
    let groups = Dictionary(grouping: requests.indices) { requests[$0].adapter?.contentHash ?? "" }
    for (hash, members) in groups.sorted(by: { $0.key < $1.key }) {
      let adapter = requests[members[0]].adapter
      guard adapter?.vectorBytes ?? 0 == 0 else { continue }
      let prompts = members.map {
        PrefixCache.Beginning(tokens: requests[$0].tokens, adapterHash: hash)
      }
      prefillBeginnings(of: prompts, adapter, into: cache)
      for (member, prompt) in zip(members, prompts) { shared[member] = cache.longest(for: prompt) }
    }
    return shared
  }

  /// Prefills the beginnings that prompts share and the cache lacks, those of one depth together.
  private func prefillBeginnings(
    of prompts: [PrefixCache.Beginning], _ adapter: Adapter?, into cache: PrefixCache
  ) {
    let tree = PrefixTree(prompts.map(\.tokens))
    for depth in 0..<PrefixTree.greatestDepth {
      var claimed: [(beginning: PrefixCache.Beginning, reservation: MemoryBudget.Reservation)] = []
      var awaited: [PrefixCache.Beginning] = []
      for node in tree.nodes where node.depth == depth {
        var beginning = prompts[node.prompt]
        beginning.tokens = Array(beginning.tokens[..<node.length])
        let bytes = engine.decoder.footprint.promptCache(tokens: node.length)
        switch cache.claim(beginning, bytes: bytes) {
        case .settled: break
        case .underway: awaited.append(beginning)
        case .own(let reservation): claimed.append((beginning, reservation))
        }
      }
      if !claimed.isEmpty {
        let caches = prefill(claimed.map(\.beginning), adapter, from: cache)
        cache.insert(
          zip(claimed, caches).map { PrefixCache.Entry($0.beginning, $1, $0.reservation) })
      }
      if !awaited.isEmpty { cache.wait(for: awaited) }
    }
  }

  private func prefill(
    _ beginnings: [PrefixCache.Beginning], _ adapter: Adapter?, from cache: PrefixCache
  ) -> [PromptKVCache] {
    let known = beginnings.map(cache.longest)
    let prompts = zip(beginnings, known).map { beginning, known in
      Decoder.Prompt(
        tokens: beginning.tokens, adapter: adapter.map(BoundAdapter.init),
        shared: known.map { ($0.entry.cache, $0.length) })
    }
    return withExtendedLifetime(known) { engine.decoder.prefillStates(prompts, context).caches }
  }
}
