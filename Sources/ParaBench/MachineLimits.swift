public import ParaTensors

/// What the machine can do at most, as measured.
public struct MachineLimits: Sendable, Hashable, Codable {
  /// Operations a second, a multiply-add being two.
  public var float32: Double
  public var bfloat16: Double
  public var int8: Double
  /// Bytes of memory read a second.
  public var memory: Double

  public init(float32: Double, bfloat16: Double, int8: Double, memory: Double) {
    self.float32 = float32
    self.bfloat16 = bfloat16
    self.int8 = int8
    self.memory = memory
  }

  public func operations(_ compute: ComputeType) -> Double {
    switch compute {
    case .float32: float32
    case .bfloat16: bfloat16
    case .int8: int8
    }
  }
}
