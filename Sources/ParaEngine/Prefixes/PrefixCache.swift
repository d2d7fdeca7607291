import Foundation
import ParaAdapters
import ParaDecoding
import ParaModel

/// The prefilled beginnings of prompts, kept for later prompts of the same adapter; the least recently
/// used go first.
///
/// A key or value depends only on the tokens up to its own and on the adapter, so a prompt takes the
/// positions that it has in common with a beginning by copying them, bit for bit what it would compute
/// itself. PARA's vectors depend on the whole prompt, so its prompts share nothing here.
///
/// Workers share one cache. What one of them is about to prefill, another waits for instead of doing the
/// same.
final class PrefixCache: @unchecked Sendable {  // all state is guarded by `condition`
  /// A beginning: the first tokens of a prompt, under an adapter.
  struct Beginning: Sendable, Hashable {
    var tokens: [TokenID]
    var adapterHash: String

    /// How many tokens a prompt of the same adapter can take of it, in whole groups; at least one token
    /// of the prompt is its own.
    func length(within prompt: Beginning) -> Int {
      guard adapterHash == prompt.adapterHash else { return 0 }
      let common = min(PrefixTree.common(tokens, prompt.tokens), prompt.tokens.count - 1)
      return common / PrefixTree.group * PrefixTree.group
    }

    /// Whether another beginning has so much of this one that the rest is not worth its own prefill.
    func isSettled(by other: Beginning) -> Bool {
      other.adapterHash == adapterHash
        && PrefixTree.common(other.tokens, tokens) > tokens.count - PrefixTree.least
    }
  }

  /// A prefilled beginning. Its memory is reserved as long as anyone holds it.
  final class Entry: Sendable {
    let beginning: Beginning
    let cache: PromptKVCache
    private let reservation: MemoryBudget.Reservation

    init(_ beginning: Beginning, _ cache: PromptKVCache, _ reservation: MemoryBudget.Reservation) {
      self.beginning = beginning
      self.cache = cache
      self.reservation = reservation
    }
  }

  /// What to do about a beginning that prompts share.
  enum Claim {
    /// A beginning that is as long or nearly so is there, or there is no memory for it.
    case settled
    /// Another worker is prefilling it.
    case underway
    /// The caller must prefill it and then call `insert`.
    case own(MemoryBudget.Reservation)
  }

  private let budget: MemoryBudget
  private let condition = NSCondition()
  /// The most recently used last.
  private var entries: [Entry] = []
  private var underway: [Beginning] = []

  /// - Parameter bytes: What the beginnings may take.
  init(bytes: Int) { budget = MemoryBudget(limit: bytes) }

  /// The beginning that has most in common with a prompt, and how many tokens that are.
  func longest(for prompt: Beginning) -> (entry: Entry, length: Int)? {
    condition.withLock {
      let lengths = entries.map { $0.beginning.length(within: prompt) }
      guard let length = lengths.max(), length > 0, let index = lengths.lastIndex(of: length) else {
        return nil
      }
      let entry = entries.remove(at: index)
      entries.append(entry)
      return (entry, length)
    }
  }

  /// Claims a beginning, for which older ones make room.
  ///
  /// - Parameter bytes: What its cache will take.
  func claim(_ beginning: Beginning, bytes: Int) -> Claim {
    condition.withLock {
      if entries.contains(where: { beginning.isSettled(by: $0.beginning) }) { return .settled }
      if underway.contains(where: beginning.isSettled) { return .underway }
      guard bytes <= budget.limit else { return .settled }
      while true {
        if let reservation = budget.reserveNow(bytes) {
          underway.append(beginning)
          return .own(reservation)
        }
        if entries.isEmpty { return .settled }
        entries.removeFirst()
      }
    }
  }

  /// Hands over claimed beginnings, prefilled.
  func insert(_ new: [Entry]) {
    condition.withLock {
      entries += new
      let made = Set(new.map(\.beginning))
      underway.removeAll { made.contains($0) }
      condition.broadcast()
    }
  }

  /// Waits until no worker is prefilling what settles any of these. The caller must hold no claims, so that
  /// workers never wait for each other in a circle.
  func wait(for beginnings: [Beginning]) {
    condition.withLock {
      while beginnings.contains(where: { underway.contains(where: $0.isSettled) }) {
        condition.wait()
      }
    }
  }
}
