/// Generation settings as a file gives them: each may be absent.
public struct GenerationOptions: Sendable, Equatable {
  public var beams: Int?
  public var returnSequences: Int?
  public var maxNewTokens: Int?
  public var minNewTokens: Int?
  public var lengthPenalty: Double?
  public var earlyStopping: EarlyStopping?
  public var repetitionPenalty: Double?
  public var noRepeatNgramSize: Int?
  public var stopStrings: [String]?
  public var doSample: Bool?
  public var temperature: Double?
  public var topK: Int?
  public var topP: Double?
  public var minP: Double?
  public var seed: Int?

  public init() {}

  /// These settings, and `others` where these are absent.
  public func or(_ others: GenerationOptions) -> GenerationOptions {
    var merged = self
    merged.beams = beams ?? others.beams
    merged.returnSequences = returnSequences ?? others.returnSequences
    merged.maxNewTokens = maxNewTokens ?? others.maxNewTokens
    merged.minNewTokens = minNewTokens ?? others.minNewTokens
    merged.lengthPenalty = lengthPenalty ?? others.lengthPenalty
    merged.earlyStopping = earlyStopping ?? others.earlyStopping
    merged.repetitionPenalty = repetitionPenalty ?? others.repetitionPenalty
    merged.noRepeatNgramSize = noRepeatNgramSize ?? others.noRepeatNgramSize
    merged.stopStrings = stopStrings ?? others.stopStrings
    merged.doSample = doSample ?? others.doSample
    merged.temperature = temperature ?? others.temperature
    merged.topK = topK ?? others.topK
    merged.topP = topP ?? others.topP
    merged.minP = minP ?? others.minP
    merged.seed = seed ?? others.seed
    return merged
  }
}
