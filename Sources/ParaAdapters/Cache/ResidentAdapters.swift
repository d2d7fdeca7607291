import ParaModel
import ParaTensors
import Synchronization

/// The adapters in memory by content hash, within a budget: the least recently used is evicted first.
final class ResidentAdapters: Sendable {
  private let budget: Int
  private let state = Mutex(State())

  fileprivate struct State {
    var resident: [String: (adapter: Adapter, lastUse: Int)] = [:]
    /// All that are alive, resident or kept by their users alone.
    var alive: [String: Weak] = [:]
    var bytes = 0
    var uses = 0
  }

  fileprivate struct Weak {
    weak var adapter: Adapter?
  }

  init(budget: Int) { self.budget = budget }

  /// Bytes of the resident adapters.
  var bytes: Int { state.withLock(\.bytes) }

  /// The adapter of that content, if it is alive.
  func adapter(_ hash: String) -> Adapter? { state.withLock { $0.alive[hash]?.adapter } }

  /// Marks an adapter as the most recently used, and makes it resident.
  ///
  /// - Returns: The adapter, or one of equal content that is alive already.
  func use(_ new: Adapter) -> Adapter {
    state.withLock { state in
      let adapter = state.alive[new.contentHash]?.adapter ?? new
      state.alive[adapter.contentHash] = Weak(adapter: adapter)
      state.uses += 1
      let entry = (adapter, state.uses)
      if state.resident.updateValue(entry, forKey: adapter.contentHash) == nil {
        state.bytes += adapter.bytesInUse
        state.evict(to: budget)
      }
      return adapter
    }
  }
}

extension ResidentAdapters.State {
  fileprivate mutating func evict(to budget: Int) {
    while bytes > budget, resident.count > 1,
      let oldest = resident.min(by: { $0.value.lastUse < $1.value.lastUse })
    {
      resident[oldest.key] = nil
      bytes -= oldest.value.adapter.bytesInUse
    }
  }
}

extension Adapter {
  /// Bytes that it takes while rows use it: its tensors, and the low-rank ones again in the layout of
  /// the kernels.
  fileprivate var bytesInUse: Int {
    let lowRank = layers.flatMap { layer in
      Projection.allCases.compactMap { layer.projections[$0]?.lowRank }
    }
    return lowRank.reduce(byteCount) {
      $0 + ($1.a.count + $1.b.count) * MemoryLayout<Float>.size
    }
  }
}
