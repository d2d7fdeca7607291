import Checkpoints
public import Foundation

/// The shapes of random-weight models that measurements run on.
public enum BenchModel: String, Sendable, CaseIterable {
  case small = "S"
  case medium = "M"
  case large = "L"
  case sevenBillion = "7B"

  /// Writes the model's folder, bf16 weights and no tokenizer.
  public func write(to folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let shape: RandomModel.Shape =
      switch self {
      case .small: .small
      case .medium: .medium
      case .large: .large
      case .sevenBillion: .sevenBillion
      }
    try RandomModel.write(shape, to: folder)
  }
}
