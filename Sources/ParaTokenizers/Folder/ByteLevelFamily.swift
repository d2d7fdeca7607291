/// The models whose byte-level tokenizers are kept as `vocab.json` and `merges.txt`.
public enum ByteLevelFamily: Sendable, CaseIterable {
  /// GPT-2's pattern.
  case gpt2
  /// Qwen2's, 2.5's and 3's pattern, after Unicode normalisation to NFC.
  case qwen2
}
