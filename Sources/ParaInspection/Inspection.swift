import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaTokenizers

/// What a path is, how large, and what it fits: the answer of `para inspect`.
public struct Inspection: Sendable {
  private let report: any InspectionReport

  /// Looks at a model folder, a tokenizer (its folder or file), an adapter folder, a folder of
  /// adapter folders, or a file of records, packed or not.
  ///
  /// Reads everything once, for the content hash; a file of records is read to its end.
  ///
  /// - Parameter model: A model folder that an adapter or tokenizer is held against.
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

  /// Whether it fits the model that was named; nil if none was.
  public var fits: Bool? { report.fits }

  /// For people: a label and a value on each line.
  public var text: String {
    let facts = report.facts
    let width = facts.map(\.label.count).max() ?? 0
    return facts.map { fact in
      fact.label + String(repeating: " ", count: width - fact.label.count + 2) + fact.value
    }.joined(separator: "\n")
  }

  /// For programs: one JSON object with keys in snake case.
  public func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    return String(decoding: try encoder.encode(report), as: UTF8.self)
  }
}
