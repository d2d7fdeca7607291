import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaReports
import ParaTokenizers

/// What is at a path, how large it is, and whether it fits a model: the answer of `para inspect`.
public struct Inspection: Sendable {
  private let report: any InspectionReport

  /// Inspects a model folder, a tokenizer (its folder or file), an adapter folder, a folder of
  /// adapter folders, or a file of records, which may be compressed or an archive.
  ///
  /// Everything is read once, for the content hash; a file of records is read to its end.
  ///
  /// - Parameter model: A model folder that the adapter or tokenizer is checked against.
  /// - Throws: `InspectionError` for a path that is none of these; `CheckpointError`, `TokenizerError` or `IngestError`
  ///   for one that cannot be used, and why.
  public init(_ path: String, against model: String? = nil) throws {
    let kind = try InspectedKind(path)
    if model != nil, kind == .model || kind == .input {
      throw InspectionError.fitsNoModel(path, kind)
    }
    let base = try model.map { try ModelFolder(URL(filePath: $0)) }
    switch kind {
    case .model: report = try ModelReport(path)
    case .tokenizer: report = try TokenizerReport(path, against: base)
    case .adapter: report = try AdapterReport(path, against: base)
    case .adapters: report = try AdapterListReport(path, against: base)
    case .input: report = try InputReport(path)
    }
  }

  /// Whether it fits the given model; nil if none was given.
  public var fits: Bool? { report.fits }

  /// Why it cannot be used, or not with the given model; nil if nothing stands against it.
  public var problem: String? { report.problem }

  /// For people: a label and a value on each line.
  public var text: String {
    TextTable(report.lines.map { [$0.label, $0.value] }, [.left, .left]).description
  }

  /// For programs: one JSON object with keys in snake case. `usable` says whether anything stands against
  /// it, and `problem` what.
  public func json() throws -> String { try Self.json(InspectionOutcome(report: report)) }

  /// The same for a path whose inspection threw an error.
  public static func json(_ path: String, refusedBy error: any Error) throws -> String {
    let kind = try? InspectedKind(path)
    return try json(RefusedInspection(kind: kind, path: path, problem: "\(error)"))
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}

/// A report with what it comes to.
private struct InspectionOutcome: Encodable {
  let report: any InspectionReport

  private enum CodingKeys: CodingKey { case usable, problem }

  func encode(to encoder: any Encoder) throws {
    try report.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(report.problem == nil, forKey: .usable)
    try container.encodeIfPresent(report.problem, forKey: .problem)
  }
}

private struct RefusedInspection: Encodable {
  let kind: InspectedKind?
  let path: String
  let problem: String
  var usable = false
}

/// The result of an inspection: encoded for programs, as lines for people.
protocol InspectionReport: Encodable, Sendable {
  var lines: [ReportLine] { get }
  /// Whether it fits the given model; nil if none was given.
  var fits: Bool? { get }
  /// Why it cannot be used, or not with the given model; nil if nothing stands against it.
  var problem: String? { get }
}

/// A line of a report: a label and its value.
struct ReportLine {
  var label: String
  var value: String

  init(_ label: String, _ value: String) {
    self.label = label
    self.value = value
  }
}

/// What is at a path, judged by the names of the files there.
enum InspectedKind: String, Encodable {
  case model, tokenizer, adapter, adapters, input

  init(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw InspectionError.missing(path)
    }
    guard let kind = isFolder.boolValue ? Self.folder(path) : Self.file(path) else {
      throw InspectionError.unknown(path, isFolder: isFolder.boolValue)
    }
    self = kind
  }

  private static func folder(_ path: String) -> InspectedKind? {
    func holds(_ names: String...) -> Bool {
      names.contains { FileManager.default.fileExists(atPath: "\(path)/\($0)") }
    }
    if holds("adapter_config.json", "adapter_model.safetensors", "adapters.safetensors") {
      return .adapter
    }
    if ModelFolder.holdsWeights(URL(filePath: path)) { return .model }
    if holds("tokenizer.json", "tokenizer.model", "vocab.json") { return .tokenizer }
    if holds("config.json") { return .model }
    let adapters = try? AdapterCache.discover(in: URL(filePath: path))
    return adapters?.isEmpty == false ? .adapters : nil
  }

  /// Any file may hold records, except those that are certainly something else.
  private static func file(_ path: String) -> InspectedKind? {
    let name = URL(filePath: path).lastPathComponent
    if name == "tokenizer.json" || name.hasSuffix(".model") { return .tokenizer }
    return name.hasSuffix(".safetensors") || name.hasSuffix(".gguf") ? nil : .input
  }
}

/// A path that cannot be inspected.
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
        : "is a file of tensors; inspect its folder instead.")
  }

  static func fitsNoModel(_ path: String, _ kind: InspectedKind) -> InspectionError {
    InspectionError(
      code: .fitsNoModel, path: path,
      message:
        "is \(kind == .input ? "an input" : "a model"); only adapters and tokenizers can be checked against a model."
    )
  }
}
