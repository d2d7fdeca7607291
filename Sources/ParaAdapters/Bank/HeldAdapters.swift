import ParaModel
import ParaTensors
import Synchronization

/// Adapters by content hash within a budget of memory: the least recently used leaves first.
final class HeldAdapters: Sendable {
  private let budget: Int
  private let state = Mutex(State())

  fileprivate struct State {
    var held: [String: (adapter: Adapter, lastUse: Int)] = [:]
    /// Everyone that is alive, held here or only by users.
    var alive: [String: Weak] = [:]
    var bytes = 0
    var uses = 0
  }

  fileprivate struct Weak {
    weak var adapter: Adapter?
  }

  init(budget: Int) { self.budget = budget }

  var bytes: Int { state.withLock(\.bytes) }

  /// The adapter of that content, if it is alive.
  func adapter(_ hash: String) -> Adapter? { state.withLock { $0.alive[hash]?.adapter } }

  /// Marks the adapter as the one used last, and holds it; returns the one of equal content that
  /// is alive already, if there is one.
  func keep(_ new: Adapter) -> Adapter {
    state.withLock { state in
      let adapter = state.alive[new.contentHash]?.adapter ?? new
      state.alive[adapter.contentHash] = Weak(adapter: adapter)
      state.uses += 1
      let entry = (adapter, state.uses)
      if state.held.updateValue(entry, forKey: adapter.contentHash) == nil {
        state.bytes += adapter.bytesAtWork
        state.evict(to: budget)
      }
      return adapter
    }
  }
}

extension HeldAdapters.State {
  fileprivate mutating func evict(to budget: Int) {
    while bytes > budget, held.count > 1,
      let oldest = held.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      held[oldest.key] = nil
      bytes -= oldest.value.adapter.bytesAtWork
    }
  }
}

extension Adapter {
  /// Bytes that it takes once rows have used it: those of its numbers, and of low-rank ones again in the
  /// layout of their products.
  fileprivate var bytesAtWork: Int {
    let lowRank = layers.flatMap { layer in
      Projection.allCases.compactMap { layer.projections[$0]?.lowRank }
    }
    return lowRank.reduce(byteCount) {
      $0 + ($1.a.count + $1.b.count) * MemoryLayout<Float>.size
    }
  }
}
