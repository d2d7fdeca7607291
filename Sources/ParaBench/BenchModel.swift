public import Foundation
import ParaCheckpoints

/// The random-weight models that benchmarks run on.
public enum BenchModel: String, Sendable, Codable, CaseIterable {
  case small = "S"
  case medium = "M"
  case large = "L"
  case sevenBillion = "7B"

  /// Writes a model folder with bf16 weights and no tokenizer.
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

  /// The model's folder inside `models`, written if it is missing.
  public func folder(in models: URL) throws -> URL {
    let files = FileManager.default
    let folder = models.appending(path: rawValue)
    if files.fileExists(atPath: folder.path) { return folder }
    // Written under another name first: an interrupted write must not look like a model.
    let unfinished = models.appending(path: "\(rawValue).unfinished")
    if files.fileExists(atPath: unfinished.path) { try files.removeItem(at: unfinished) }
    try write(to: unfinished)
    try files.moveItem(at: unfinished, to: folder)
    return folder
  }
}
