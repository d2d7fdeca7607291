public import Foundation

/// A model, adapter or tensor file that cannot be used, and why.
public struct CheckpointError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Code: String, Sendable {
    case unreadable = "file_unreadable"
    case malformed = "file_malformed"
    case missingTensor = "tensor_missing"
    case wrongShape = "tensor_wrong_shape"
    case unsupported = "unsupported"
  }

  public let code: Code
  public let file: String
  /// What is wrong, what was expected and found, and what to do: a sentence without the file's
  /// name.
  public let message: String

  public init(_ code: Code, _ file: URL, _ message: String) {
    self.code = code
    self.file = file.path
    self.message = message
  }

  public var description: String { "\(file): \(message)" }
}
