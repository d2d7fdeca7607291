public import ParaAdapters
public import ParaDecoding

/// One prompt to generate for, or to score continuations of.
public struct GenerationRequest: Sendable {
  /// Whether generated tokens, the newest last, contain a stop string.
  public typealias StopCheck = @Sendable (_ generated: [TokenID]) -> Bool

  /// The prompt's tokens; not empty.
  public var tokens: [TokenID]
  /// The tenant's adapter; nil is the bare model.
  public var adapter: Adapter?
  public var settings: GenerationSettings
  /// The row's index in its job; with the seed, it determines what is sampled.
  public var row: UInt64
  /// Ends a sequence by its text; nil without stop strings.
  public var completesStopString: StopCheck?
  /// Where not empty, nothing is generated: each of these is teacher-forced as an answer and scored,
  /// one lane each over the one prompt.
  public var continuations: [[TokenID]] = []
  /// The memory reserved for its KV caches, released when the request leaves the engine.
  var reservation: MemoryBudget.Reservation?

  public init(
    tokens: [TokenID], adapter: Adapter?, settings: GenerationSettings, row: UInt64 = 0,
    completesStopString: StopCheck? = nil
  ) {
    self.tokens = tokens
    self.adapter = adapter
    self.settings = settings
    self.row = row
    self.completesStopString = completesStopString
  }
}
