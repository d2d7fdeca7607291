package import Foundation
package import ParaFlow

/// A line of `predictions.jsonl`: a row's answers, best first, with their scores.
package struct PredictionRecord: Encodable {
  package var origin: RowOrigin
  package var task: String
  /// The adapter's name in the job; nil, written as null, for the bare model.
  package var adapter: String?
  /// The SHA-256 of the adapter's content.
  package var adapterHash: String?
  package var promptTokens: Int
  /// Best first.
  package var hypotheses: [HypothesisRecord]
  package var references: [String]
  /// By the metric's name, 0…1.
  package var scores: [String: Double]

  package struct HypothesisRecord: Encodable {
    package var text: String
    package var tokens: [Int32]
    package var score: Float
    package var sumLogProbability: Float
    package var generatedLength: Int
    package var stopReason: String

    private enum CodingKeys: String, CodingKey {
      case text, tokens, score
      case sumLogProbability = "sum_log_probability"
      case generatedLength = "generated_length"
      case stopReason = "stop_reason"
    }

    package init(
      text: String, tokens: [Int32], score: Float, sumLogProbability: Float,
      generatedLength: Int, stopReason: String
    ) {
      self.text = text
      self.tokens = tokens
      self.score = score
      self.sumLogProbability = sumLogProbability
      self.generatedLength = generatedLength
      self.stopReason = stopReason
    }
  }

  package init(
    origin: RowOrigin, task: String, adapter: String?, adapterHash: String?, promptTokens: Int,
    hypotheses: [HypothesisRecord], references: [String], scores: [String: Double]
  ) {
    self.origin = origin
    self.task = task
    self.adapter = adapter
    self.adapterHash = adapterHash
    self.promptTokens = promptTokens
    self.hypotheses = hypotheses
    self.references = references
    self.scores = scores
  }

  private enum Key: String, CodingKey {
    case task, adapter, text, scores, references, hypotheses
    case adapterHash = "adapter_sha256"
    case promptTokens = "prompt_tokens"
  }

  package func encode(to encoder: any Encoder) throws {
    try origin.encode(to: encoder)
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(task, forKey: .task)
    try container.encode(adapter, forKey: .adapter)
    try container.encodeIfPresent(adapterHash, forKey: .adapterHash)
    try container.encode(promptTokens, forKey: .promptTokens)
    try container.encodeIfPresent(hypotheses.first?.text, forKey: .text)
    try container.encode(hypotheses, forKey: .hypotheses)
    try container.encode(references, forKey: .references)
    try container.encode(scores, forKey: .scores)
  }
}

/// The one way that results are written as JSON: keys sorted, so that equal results are equal
/// bytes.
package enum JSONOutput {
  package static func line(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
    return Array(try encoder.encode(value))
  }

  /// A whole file for people to read, replaced in one step.
  package static func write(_ value: some Encodable, to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    try (encoder.encode(value) + Data("\n".utf8)).write(to: url, options: .atomic)
  }
}
