import ParaAdapters
import ParaDecoding
import ParaModel

extension Prefiller {
  /// What each request can copy from a prefilled beginning; beginnings that requests of this batch share are prefilled
  /// here first, where there is memory for them.
  ///
  /// - Returns: For each request a beginning and how many of its tokens it takes; nil where it shares none.
  func sharedPrefixes(_ requests: [GenerationRequest]) -> [SharedPrefix?] {
    var shared = [SharedPrefix?](repeating: nil, count: requests.count)
    guard let cache = engine.prefixes else { return shared }
    let groups = Dictionary(grouping: requests.indices) { requests[$0].adapter?.contentHash ?? "" }
    for (hash, members) in groups.sorted(by: { $0.key < $1.key }) {
      let adapter = requests[members[0]].adapter
      guard adapter?.vectorBytes ?? 0 == 0 else { continue }
      let prompts = members.map { requests[$0].tokens }
      let tree = PrefixTree(prompts)
      prefill(tree, of: prompts, adapter, into: cache)
      for (member, tokens) in zip(members, prompts) {
        guard let (entry, length) = cache.longest(for: tokens, adapterHash: hash) else { continue }
        shared[member] = SharedPrefix(entry: entry, length: length)
      }
    }
    return shared
  }

  /// Prefills the beginnings of a tree that the cache lacks, those of one depth together.
  private func prefill(
    _ tree: PrefixTree, of prompts: [[TokenID]], _ adapter: Adapter?, into cache: PrefixCache
  ) {
    let hash = adapter?.contentHash ?? ""
    for depth in 0..<PrefixTree.greatestDepth {
      var missing: [Decoder.Prompt] = []
      var reservations: [MemoryBudget.Reservation] = []
      for node in tree.nodes where node.depth == depth {
        let tokens = Array(prompts[node.prompt][..<node.length])
        let known = cache.longest(for: prompts[node.prompt], adapterHash: hash)
        guard known?.length ?? 0 <= node.length - PrefixTree.least,
          let reservation = cache.reserve(engine.decoder.footprint.promptCache(tokens: node.length))
        else { continue }
        missing.append(
          Decoder.Prompt(
            tokens: tokens, adapter: adapter.map(BoundAdapter.init),
            shared: known.map { ($0.entry.cache, $0.length) }))
        reservations.append(reservation)
      }
      guard !missing.isEmpty else { continue }
      let caches = engine.decoder.prefillStates(missing, context).caches
      for (index, prompt) in missing.enumerated() {
        cache.insert(
          PrefixCache.Entry(
            adapterHash: hash, tokens: prompt.tokens, cache: caches[index],
            reservation: reservations[index]))
      }
    }
  }
}

/// A prefilled beginning, and how many of its tokens a prompt takes.
struct SharedPrefix {
  let entry: PrefixCache.Entry
  let length: Int
}
