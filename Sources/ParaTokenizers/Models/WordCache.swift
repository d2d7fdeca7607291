/// A cache of the tokens of words. Text repeats its words, so most are found here.
///
/// Bounded: it is emptied when it holds `maximumWords` words, or when the words or tokens fill
/// their arenas.
struct WordCache {
  static let maximumWords = 1 << 15
  static let maximumWordLength = 64
  private static let maximumArena = 1 << 20

  private struct Slot {
    var hash: UInt64 = 0
    var wordStart: Int32 = 0
    var wordLength: Int32 = -1
    var tokenStart: Int32 = 0
    var tokenCount: Int32 = 0
  }

  private var slots: [Slot] = Array(repeating: Slot(), count: 1 << 10)
  private var count = 0
  private var words: [UInt8] = []
  private var tokens: [TokenID] = []

  /// Appends the word's tokens and returns true if the word is in the cache.
  func append(_ word: Span<UInt8>, hash: UInt64, to ids: inout [TokenID]) -> Bool {
    let slot = slots[index(word, hash)]
    guard slot.wordLength >= 0 else { return false }
    let start = Int(slot.tokenStart)
    for offset in 0..<Int(slot.tokenCount) { ids.append(tokens[start + offset]) }
    return true
  }

  mutating func insert(_ word: Span<UInt8>, hash: UInt64, tokens ids: ArraySlice<TokenID>) {
    if count >= Self.maximumWords || words.count + word.count > Self.maximumArena
      || tokens.count + ids.count > Self.maximumArena
    {
      self = WordCache()
    }
    if 2 * (count + 1) > slots.count { grow() }
    let index = index(word, hash)
    slots[index] = Slot(
      hash: hash, wordStart: Int32(words.count), wordLength: Int32(word.count),
      tokenStart: Int32(tokens.count), tokenCount: Int32(ids.count))
    count += 1
    for offset in 0..<word.count { words.append(word[offset]) }
    tokens.append(contentsOf: ids)
  }

  /// The slot of the word, or the free slot for it.
  private func index(_ word: Span<UInt8>, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index].wordLength >= 0 {
      if slots[index].hash == hash, equals(slots[index], word) { return index }
      index = (index + 1) & mask
    }
    return index
  }

  private func equals(_ slot: Slot, _ word: Span<UInt8>) -> Bool {
    guard slot.wordLength == word.count else { return false }
    let start = Int(slot.wordStart)
    for offset in 0..<word.count where words[start + offset] != word[offset] { return false }
    return true
  }

  private mutating func grow() {
    let old = slots
    slots = Array(repeating: Slot(), count: 2 * old.count)
    let mask = slots.count - 1
    for slot in old where slot.wordLength >= 0 {
      var index = Int(truncatingIfNeeded: slot.hash) & mask
      while slots[index].wordLength >= 0 { index = (index + 1) & mask }
      slots[index] = slot
    }
  }
}
