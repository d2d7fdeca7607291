public import ParaAdapters
public import ParaDecoding
import ParaEngine
import ParaJSON
import ParaTasks
public import ParaTokenizers

/// A row's prompt, rendered and tokenized, with all that the engine needs to answer it.
public struct Prompt: Sendable {
  public var task: String
  public var adapterName: String?
  public var adapter: AdapterReference?
  public var tokens: [Int32]
  public var settings: GenerationSettings
  public var stopStrings: StopStrings?
  /// The answers to choose from; empty for a task that generates.
  public var choices: [String] = []
  /// Each choice's tokens after the prompt.
  public var choiceTokens: [[Int32]] = []
  /// Texts that are cut from the answer, with all that follows them.
  public var until: [String] = []
  /// The right answers, any of which counts; empty where there are none.
  public var references: [String]
  /// What the row asks for, with what is right.
  var taskRow: TaskRow?
  /// What the row was made of, for filters and metrics that look into it.
  var record: JSONObject = [:]
  /// How many answers of a row are scored: more than one where requests are repeated.
  var scoredAnswers = 1

  /// The engine's request for this prompt, with the adapter loaded.
  ///
  /// - Parameter row: The row's number, which seeds its sampling.
  /// - Throws: If the adapter cannot be loaded.
  func request(row: Int) throws -> GenerationRequest {
    var request = GenerationRequest(
      tokens: tokens, adapter: try adapter?.adapter(), settings: settings, row: UInt64(row))
    if let stopStrings { request.completesStopString = { stopStrings.isCompleted(by: $0) } }
    request.continuations = choiceTokens
    return request
  }
}
