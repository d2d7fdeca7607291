public import ParaAdapters
public import ParaDecoding

/// A rendered and tokenized row, ready for the model.
public struct Prompt: Sendable {
  public var task: String
  public var adapterName: String?
  public var adapter: AdapterReference?
  public var tokens: [Int32]
  public var settings: SearchSettings
  /// Texts that end an answer.
  public var stopStrings: StopStrings?
  /// Where not empty, the answers to choose from, and their tokens after the prompt.
  public var choices: [String] = []
  public var choiceTokens: [[Int32]] = []
  /// The right answers, any of which counts; empty where there are none.
  public var references: [String]
}
