import Foundation
import ParaCheckpoints
import ParaReports
import ParaTokenizers

/// A tokenizer: its folder or its file.
struct TokenizerReport: InspectionReport {
  var kind = InspectedKind.tokenizer
  var path: String
  var file: String
  var vocabularySize: Int
  var beginOfSequence: String?
  var endOfSequence: String?
  var byteCount: Int
  var sha256: String
  /// The tokens of a short text.
  var sample: [Int32]
  var fit: ModelFit?
  /// Tokens beyond the model's vocabulary: rows that have one fail.
  var tokensBeyondModel: Int?

  private static let sampleText = "Hello, world!"

  init(_ path: String, against model: ModelFolder?) throws {
    self.path = path
    file = Self.file(path)
    let tokenizer = try Self.read(path, file: file)
    vocabularySize = tokenizer.vocabularySize
    beginOfSequence = tokenizer.beginOfSequence.flatMap(tokenizer.piece)
    endOfSequence = tokenizer.endOfSequence.flatMap(tokenizer.piece)
    byteCount = try ByteCount(file: file).bytes
    sha256 = try ContentHash.of(file: URL(filePath: file))
    sample = tokenizer.encode(Self.sampleText)
    fit = model.map { ModelFit($0.url.relativePath) {} }
    tokensBeyondModel = model.map {
      max(0, tokenizer.vocabularySize - $0.configuration.vocabularySize)
    }
  }

  /// The file that holds the vocabulary.
  private static func file(_ path: String) -> String {
    let inside = ["tokenizer.json", "tokenizer.model", "vocab.json"].map { "\(path)/\($0)" }
    return inside.first { FileManager.default.fileExists(atPath: $0) } ?? path
  }

  private static func read(_ path: String, file: String) throws -> Tokenizer {
    if file != path { return try Tokenizer(folder: URL(filePath: path)) }
    if file.hasSuffix(".json") { return try Tokenizer(tokenizerJSON: URL(filePath: file)) }
    do {
      return try Tokenizer(sentencePiece: URL(filePath: file))
    } catch {
      // Llama 3's rank file has the same name.
      guard let ranks = try? Tokenizer(llama3Ranks: URL(filePath: file)) else { throw error }
      return ranks
    }
  }

  var fits: Bool? { fit?.fits }
  var problem: String? { fit?.reason }

  var vocabularyText: String {
    let beyond = tokensBeyondModel ?? 0
    return "\(vocabularySize.grouped) tokens"
      + (beyond > 0 ? ", \(beyond.grouped) of them beyond the model's: rows with these fail" : "")
  }

  var lines: [ReportLine] {
    var lines = [
      ReportLine("tokenizer", path),
      ReportLine("file", "\(URL(filePath: file).lastPathComponent), \(ByteCount(byteCount).text)"),
      ReportLine("vocabulary", vocabularyText),
      ReportLine("begins with", beginOfSequence ?? "nothing named"),
      ReportLine("ends with", endOfSequence ?? "nothing named"),
      ReportLine(
        "sample", "\(Self.sampleText) = \(sample.map(String.init).joined(separator: " "))"),
      ReportLine("sha256", sha256),
    ]
    if let fit { lines.append(fit.line) }
    return lines
  }
}
