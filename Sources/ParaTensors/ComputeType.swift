/// The numbers that matrix products run on; sums are fp32, or whole numbers for int8.
public enum ComputeType: String, Sendable, Hashable, Codable, CaseIterable {
  /// Weights as they are stored, activations in fp32.
  case float32
  /// Weights and activations rounded to bf16; where the processor cannot multiply such, to whole
  /// numbers of 16 bits, with a scale for each output feature and each row.
  case bfloat16
  /// Weights rounded to 8 bits with a scale for each output feature, activations with one for each
  /// row.
  case int8
}
