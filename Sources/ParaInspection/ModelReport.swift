import Foundation
import ParaCheckpoints
import ParaDecoding
import ParaJobs
import ParaModel
import ParaReports

/// A model folder.
struct ModelReport: InspectionReport {
  var kind = InspectedKind.model
  var path: String
  var architecture: String?
  var layers: Int
  var hiddenSize: Int
  var feedForwardSize: Int
  var heads: Int
  var keyValueHeads: Int
  var headSize: Int
  var vocabularySize: Int
  var contextLength: Int
  var parameterCount: Int
  var byteCount: Int
  var formats: [String]
  var sha256: String
  var tokenizer: TokenizerReport?
  /// Why the folder's tokenizer cannot be used.
  var tokenizerProblem: String?
  /// Why nothing is generated with the settings of its own files.
  var generationProblem: String?

  init(_ path: String) throws {
    self.path = path
    let folder = try ModelFolder(URL(filePath: path))
    try folder.checkTensors()
    let shape = folder.configuration
    architecture = try folder.architecture()
    (layers, hiddenSize, feedForwardSize) = (shape.layers, shape.hiddenSize, shape.feedForwardSize)
    (heads, keyValueHeads, headSize) = (shape.heads, shape.keyValueHeads, shape.headSize)
    (vocabularySize, contextLength) = (shape.vocabularySize, shape.contextLength)
    (parameterCount, byteCount) = (folder.parameterCount, folder.byteCount)
    formats = folder.formats
    sha256 = try folder.contentHash()
    do {
      tokenizer = try TokenizerReport(path, against: folder)
    } catch {
      tokenizerProblem = "\(error)"
    }
    do {
      try GenerationSettings(GenerationOptions(modelFolder: folder.url)).validate()
    } catch {
      generationProblem = "\(error)"
    }
  }

  var fits: Bool? { nil }
  var problem: String? { tokenizerProblem ?? generationProblem }

  var lines: [ReportLine] {
    let generation = generationProblem.map { [ReportLine("generation", $0)] } ?? []
    return [
      ReportLine("model", path),
      ReportLine("architecture", architecture ?? "not named"),
      ReportLine(
        "shape",
        "\(layers) layers, hidden \(hiddenSize), feed-forward \(feedForwardSize), \(heads) heads over "
          + "\(keyValueHeads) key/value heads of \(headSize)"),
      ReportLine("vocabulary", vocabularySize.grouped),
      ReportLine("context", "\(contextLength.grouped) tokens"),
      ReportLine("parameters", parameterCount.grouped),
      ReportLine("size", "\(ByteCount(byteCount).text) (\(formats.joined(separator: ", ")))"),
      ReportLine("sha256", sha256),
      ReportLine("tokenizer", tokenizerProblem ?? tokenizer?.vocabularyText ?? "none"),
    ] + generation
  }
}

/// Whether an adapter or tokenizer fits a model, and if not, why.
struct ModelFit: Encodable, Sendable {
  var model: String
  var fits: Bool
  var reason: String?

  /// - Parameter check: Throws an error that says why it does not fit.
  init(_ model: String, check: () throws -> Void) {
    self.model = model
    do {
      try check()
      fits = true
    } catch {
      fits = false
      reason = "\(error)"
    }
  }

  var line: ReportLine {
    ReportLine("fits", reason.map { "no, not \(model): \($0)" } ?? "yes, \(model)")
  }
}
