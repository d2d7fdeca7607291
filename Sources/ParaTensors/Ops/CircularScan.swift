import Synchronization

/// The order in which batches that need the whole vocabulary at the same time go through its parts:
/// round and round. A batch joins at the part that comes next and leaves after one round, and every
/// part is taken for all batches that still need it, so that its weights are read once.
///
/// A thread stays until nothing is left to take, whosever it is. Batches thus leave together and go
/// through the layers side by side, where they find each other's weights in the cache.
///
/// Source: circular scans shared between queries, as in Harizopoulos et al., "QPipe", SIGMOD 2005.
final class CircularScan: Sendable {
  private struct State {
    var next = 0
    var joined: [(reading: VocabularyHead.Reading, left: Int)] = []
  }

  private let parts: Int
  private let state = Mutex(State())

  init(parts: Int) { self.parts = parts }

  func join(_ reading: VocabularyHead.Reading) {
    state.withLock { $0.joined.append((reading, parts)) }
  }

  /// The next part and the batches that need it; nil if no batch needs any.
  func take() -> (part: Int, readings: [VocabularyHead.Reading])? {
    state.withLock { state in
      guard !state.joined.isEmpty else { return nil }
      let taken = (state.next, state.joined.map(\.reading))
      state.next = (state.next + 1) % parts
      for index in state.joined.indices { state.joined[index].left -= 1 }
      state.joined.removeAll { $0.left == 0 }
      return taken
    }
  }
}
