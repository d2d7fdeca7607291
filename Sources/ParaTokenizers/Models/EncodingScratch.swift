internal import Synchronization

/// The reusable memory of one call of `encode`: the word cache and buffers.
struct EncodingScratch: Sendable {
  /// A buffer of more paths than this is freed after the word.
  private static let keptPaths = 1 << 16

  private var cache = WordCache()
  var merging = BytePairMerger()
  var paths: [UnigramPath] = []

  /// Appends the word's tokens, from the cache if they are there.
  mutating func encode(_ word: Span<UInt8>, by model: some TokenModel, into ids: inout [TokenID]) {
    guard word.count <= WordCache.maximumWordLength else {
      return model.encode(word, into: &ids, scratch: &self)
    }
    let hash = byteHash(word)
    if cache.append(word, hash: hash, to: &ids) { return }
    let start = ids.count
    model.encode(word, into: &ids, scratch: &self)
    cache.insert(word, hash: hash, tokens: ids[start...])
  }

  /// Initialized paths in the memory of the previous ones. They must be put back into `paths` after
  /// use.
  mutating func takePaths(count: Int) -> [UnigramPath] {
    var taken: [UnigramPath] = []
    swap(&taken, &paths)
    if taken.count > Self.keptPaths { taken = [] }
    taken.removeAll(keepingCapacity: true)
    taken.append(contentsOf: repeatElement(UnigramPath(), count: count))
    return taken
  }
}

/// A pool of scratch memory, one for each concurrent call of `encode`. The lock is held for a push
/// or a pop only.
final class ScratchPool: Sendable {
  /// The number of idle scratches that are kept; each has at most about 10 MB.
  private static let maximumIdle = 64

  private let idle = Mutex<[EncodingScratch]>([])

  func with<T>(_ body: (inout EncodingScratch) -> T) -> T {
    var scratch = idle.withLock { $0.popLast() } ?? EncodingScratch()
    defer { idle.withLock { if $0.count < Self.maximumIdle { $0.append(scratch) } } }
    return body(&scratch)
  }
}
