public import ParaAdapters
public import ParaDecoding
import ParaEngine
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
  /// The right answers, any of which counts; empty where there are none.
  public var references: [String]

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

/// Texts that end an answer when they appear in it (`stop_strings` of transformers). The answer
/// keeps the stop string.
public struct StopStrings: Sendable {
  private let texts: [String]
  private let tokenizer: Tokenizer
  /// How many of the newest tokens can hold a stop string: every token has at least one byte; a few
  /// more complete the characters that the cut would break.
  private let window: Int

  /// Nil if there are no texts.
  public init?(_ texts: [String], _ tokenizer: Tokenizer) {
    self.texts = texts.filter { !$0.isEmpty }
    self.tokenizer = tokenizer
    window = (self.texts.map(\.utf8.count).max() ?? 0) + 8
    if self.texts.isEmpty { return nil }
  }

  /// Whether the newest of the generated tokens complete a stop string.
  public func isCompleted(by generated: [TokenID]) -> Bool {
    let text = tokenizer.decode(generated.suffix(window))
    return texts.contains { text.contains($0) }
  }
}
