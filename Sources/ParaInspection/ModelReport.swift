import Foundation
import ParaCheckpoints
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
  /// Why there is no tokenizer.
  var tokenizerProblem: String?

  init(_ path: String) throws {
    self.path = path
    let folder = try ModelFolder(URL(filePath: path))
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
      tokenizerProblem = tokenizer?.fit?.reason
    } catch {
      tokenizerProblem = "\(error)"
    }
  }

  var fits: Bool? { nil }

  var facts: [Fact] {
    [
      Fact("model", path),
      Fact("architecture", architecture ?? "not named"),
      Fact(
        "shape",
        "\(layers) layers, hidden \(hiddenSize), feed-forward \(feedForwardSize), \(heads) heads over "
          + "\(keyValueHeads) key/value heads of \(headSize)"),
      Fact("vocabulary", vocabularySize.grouped),
      Fact("context", "\(contextLength.grouped) tokens"),
      Fact("parameters", parameterCount.grouped),
      Fact("size", "\(ByteCount(byteCount).text) (\(formats.joined(separator: ", ")))"),
      Fact("sha256", sha256),
      Fact("tokenizer", tokenizerProblem ?? tokenizer?.vocabularyText ?? "none"),
    ]
  }
}
