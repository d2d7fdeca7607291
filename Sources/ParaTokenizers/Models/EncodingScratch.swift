/// What one running `encode` needs and the next one can use again: the word cache and workspaces.
struct EncodingScratch: Sendable {
  /// More paths than this are not kept allocated after a word.
  private static let keptPaths = 1 << 16

  private var cache = WordCache()
  var merging = MergeWorkspace()
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

  /// Fresh paths, in the memory of the last ones. They go back into `paths` after use.
  mutating func takePaths(count: Int) -> [UnigramPath] {
    var taken: [UnigramPath] = []
    swap(&taken, &paths)
    if taken.count > Self.keptPaths { taken = [] }
    taken.removeAll(keepingCapacity: true)
    taken.append(contentsOf: repeatElement(UnigramPath(), count: count))
    return taken
  }
}
