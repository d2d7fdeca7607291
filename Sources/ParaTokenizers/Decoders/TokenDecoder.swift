/// One step from pieces back to text. The steps of a tokenizer run one after another; what the last
/// leaves is joined.
protocol TokenDecoder: Sendable {
  /// Takes and gives byte strings; what they make up when joined need not be UTF-8.
  func decode(_ pieces: [[UInt8]]) -> [[UInt8]]
}
