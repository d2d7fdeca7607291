import ParaAdapters
import ParaDecoding
import ParaModel
import Synchronization

/// The prefilled beginnings of prompts, kept for later prompts of the same adapter; the least recently used go first.
///
/// A key or value depends only on the tokens up to its own and on the adapter, so a prompt takes the positions that it
/// has in common with a beginning by copying them, bit for bit what it would compute itself. PARA's vectors depend on
/// the whole prompt, so its prompts share nothing here.
final class PrefixCache: Sendable {
  /// A prefilled beginning. Its memory is reserved as long as anyone holds it.
  final class Entry: Sendable {
    let adapterHash: String
    let tokens: [TokenID]
    let cache: PromptKVCache
    private let reservation: MemoryBudget.Reservation

    init(
      adapterHash: String, tokens: [TokenID], cache: PromptKVCache,
      reservation: MemoryBudget.Reservation
    ) {
      self.adapterHash = adapterHash
      self.tokens = tokens
      self.cache = cache
      self.reservation = reservation
    }
  }

  private let budget: MemoryBudget
  /// The most recently used last.
  private let entries = Mutex<[Entry]>([])

  /// - Parameter bytes: What the beginnings may take.
  init(bytes: Int) { budget = MemoryBudget(limit: bytes) }

  /// The beginning that has most in common with a prompt, and how many tokens that are, in whole groups; at least one
  /// token of the prompt is its own.
  func longest(for tokens: [TokenID], adapterHash: String) -> (entry: Entry, length: Int)? {
    entries.withLock { entries in
      var best: (index: Int, length: Int)?
      for (index, entry) in entries.enumerated() where entry.adapterHash == adapterHash {
        let common = min(PrefixTree.common(entry.tokens, tokens), tokens.count - 1)
        let length = common / PrefixTree.group * PrefixTree.group
        if length > best?.length ?? 0 { best = (index, length) }
      }
      guard let best else { return nil }
      let entry = entries.remove(at: best.index)
      entries.append(entry)
      return (entry, best.length)
    }
  }

  /// Memory for a beginning; older ones make room. Nil if there is not enough even so.
  func reserve(_ bytes: Int) -> MemoryBudget.Reservation? {
    guard bytes <= budget.limit else { return nil }
    while true {
      if let reservation = budget.reserveNow(bytes) { return reservation }
      let oldest = entries.withLock { $0.isEmpty ? nil : $0.removeFirst() }
      if oldest == nil { return nil }
    }
  }

  func insert(_ entry: Entry) { entries.withLock { $0.append(entry) } }
}
