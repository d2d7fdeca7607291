/// What is added to the score of a sequence's last token where the tokens before it precede;
/// `[tokens, bias]` in files.
public struct SequenceBias: Sendable, Hashable, Codable, CustomStringConvertible {
  public var tokens: [TokenID]
  public var bias: Double

  public var description: String { "[\(tokens), \(bias)]" }

  public init(tokens: [TokenID], bias: Double) {
    self.tokens = tokens
    self.bias = bias
  }

  public init(from decoder: any Decoder) throws {
    var pair = try decoder.unkeyedContainer()
    self.init(tokens: try pair.decode([TokenID].self), bias: try pair.decode(Double.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var pair = encoder.unkeyedContainer()
    try pair.encode(tokens)
    try pair.encode(bias)
  }
}

/// How the end-of-sequence token's score grows once an answer has more than `start` tokens;
/// `[start, factor]` in files. A factor of 1 is off.
public struct LengthDecay: Sendable, Hashable, Codable, CustomStringConvertible {
  public var start: Int
  public var factor: Double

  public var description: String { "[\(start), \(factor)]" }

  public init(start: Int, factor: Double) {
    self.start = start
    self.factor = factor
  }

  public init(from decoder: any Decoder) throws {
    var pair = try decoder.unkeyedContainer()
    self.init(start: try pair.decode(Int.self), factor: try pair.decode(Double.self))
  }

  public func encode(to encoder: any Encoder) throws {
    var pair = encoder.unkeyedContainer()
    try pair.encode(start)
    try pair.encode(factor)
  }
}
