/// What becomes of the matches of a split, as `tokenizer.json` spells it.
enum SplitBehavior: String {
  /// Matches are dropped.
  case removed = "Removed"
  /// Every match is a word of its own.
  case isolated = "Isolated"
  /// A match ends the word before it.
  case mergedWithPrevious = "MergedWithPrevious"
  /// A match starts the word after it.
  case mergedWithNext = "MergedWithNext"
  /// Neighbouring matches together are one word.
  case contiguous = "Contiguous"
}
