internal import CParaKernels

/// The data type of linear layers' weights and activations. Sums are fp32, or int32 for int8.
public enum ComputeType: String, Sendable, Hashable, Codable, CaseIterable {
  /// fp32 activations; weights in fp32, or in bf16 where they are stored so (mixed precision).
  case float32
  /// Weights and activations rounded to bf16; where the processor has no fast bf16 dot product, to
  /// int16, with a scale per output feature and per token.
  case bfloat16
  /// Weights and activations quantized to int8 (symmetric, after a Hadamard rotation), with a scale
  /// per output feature and per token.
  case int8
}

/// The data type of the KV cache.
public enum KVCacheType: String, Sendable, Hashable, Codable, CaseIterable {
  case float32
  /// Half the memory, rounded to the nearest.
  case bfloat16
  /// 8 bits, with a scale per position and head.
  case int8

  /// The default beside a compute type: neither more nor less precise.
  package init(_ compute: ComputeType) {
    self =
      switch compute {
      case .float32: .float32
      case .bfloat16: .bfloat16
      case .int8: .int8
      }
  }

  /// Bytes of an element.
  package var bytes: Int {
    switch self {
    case .float32: 4
    case .bfloat16: 2
    case .int8: 1
    }
  }

  /// Bytes of the scale of a position's key or value.
  package var scaleBytes: Int { self == .int8 ? 4 : 0 }

  /// Bytes of a position's key in a prompt's cache, padded to 4.
  package func keyBytes(headSize: Int) -> Int { (headSize * bytes + 3) / 4 * 4 }

  /// Bytes of a generated token's key or value, its scale included.
  package func generatedTokenBytes(headSize: Int) -> Int {
    keyBytes(headSize: headSize) + scaleBytes
  }

  /// A number of positions or channels, padded to whole panels.
  package static func paddedToPanels(_ count: Int) -> Int {
    (count + PackedWeight.panelFeatures - 1) / PackedWeight.panelFeatures
      * PackedWeight.panelFeatures
  }

  var kernelType: Int32 {
    switch self {
    case .float32: Int32(PARA_FLOAT32)
    case .bfloat16: Int32(PARA_BFLOAT16)
    case .int8: Int32(PARA_INT8)
    }
  }
}
