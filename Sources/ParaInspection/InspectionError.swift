/// A path that nothing can be said of.
public struct InspectionError: Error, Sendable, CustomStringConvertible {
  public enum Code: String, Sendable {
    case missing = "path_missing"
    case unknown = "path_unknown"
    case fitsNoModel = "fits_no_model"
  }

  public let code: Code
  public let path: String
  public let message: String

  public var description: String { "\(path): \(message)" }

  static func missing(_ path: String) -> InspectionError {
    InspectionError(code: .missing, path: path, message: "there is nothing here.")
  }

  static func unknown(_ path: String, isFolder: Bool) -> InspectionError {
    InspectionError(
      code: .unknown, path: path,
      message: isFolder
        ? "is no model folder (config.json, model.safetensors), tokenizer folder (tokenizer.json, tokenizer.model), "
          + "adapter folder (adapter_config.json, adapter_model.safetensors) or folder of these."
        : "is a file of tensors; inspect the folder it lies in.")
  }

  static func fitsNoModel(_ path: String, _ kind: InspectedKind) -> InspectionError {
    InspectionError(
      code: .fitsNoModel, path: path,
      message:
        "is \(kind == .input ? "an input" : "a model"); only adapters and tokenizers can be held against a model."
    )
  }
}
