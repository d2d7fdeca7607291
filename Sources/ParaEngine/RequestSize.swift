import ParaAdapters
public import ParaDecoding
import ParaModel

/// What of a request decides how much memory it takes.
public struct RequestSize: Sendable, Hashable {
  public var promptTokens: Int
  /// Lanes that it occupies at most.
  public var lanes: Int
  /// Tokens of its longest answer.
  public var newTokens: Int
  /// True if it may need whole rows of logits.
  public var needsWholeLogits: Bool
  /// Bytes of the vectors that its adapter makes of the prompt.
  public var vectorBytes: Int

  /// - Parameter continuations: The lengths of the answers to score; none where one is generated.
  public init(
    promptTokens: Int, settings: SearchSettings, continuations: [Int] = [], vectorBytes: Int = 0
  ) {
    self.promptTokens = promptTokens
    let generates = continuations.isEmpty
    lanes =
      !generates
      ? continuations.count : settings.doSample ? settings.numReturnSequences : settings.numBeams
    newTokens = continuations.max() ?? settings.maxNewTokens
    needsWholeLogits = generates && (settings.doSample || settings.editsLogits)
    self.vectorBytes = vectorBytes
  }

  public init(_ request: GenerationRequest) {
    self.init(
      promptTokens: request.tokens.count, settings: request.settings,
      continuations: request.continuations.map(\.count),
      vectorBytes: request.adapter?.vectorBytes ?? 0)
  }
}

extension ModelFootprint {
  /// What a request holds from its prefill on.
  func prompt(_ size: RequestSize) -> Int {
    promptCache(tokens: size.promptTokens) + size.vectorBytes
  }

  /// What its answer adds in the end.
  func answer(_ size: RequestSize) -> Int {
    generatedCache(lanes: size.lanes, newTokens: size.newTokens)
  }
}
