public import ParaAdapters
public import ParaDecoding

/// One prompt to answer.
public struct GenerationRequest: Sendable {
  /// Whether generated tokens, the newest last, contain a stop string.
  public typealias StopCheck = @Sendable (_ generated: [TokenID]) -> Bool

  /// The prompt's tokens; not empty.
  public var tokens: [TokenID]
  /// The tenant's adapter; nil is the bare model.
  public var adapter: Adapter?
  public var settings: SearchSettings
  /// The row's number in its job: with the seed, it decides what is sampled.
  public var row: UInt64
  /// Ends a sequence by its text; nil if there are no stop strings.
  public var completesStopString: StopCheck?
  /// Where not empty, nothing is generated: each of these is scored as the answer, as a lane over the one prompt.
  public var continuations: [[TokenID]] = []
  /// The memory that was reserved for its caches; given back when the request leaves.
  var reservation: MemoryBudget.Reservation?

  public init(
    tokens: [TokenID], adapter: Adapter?, settings: SearchSettings, row: UInt64 = 0,
    completesStopString: StopCheck? = nil
  ) {
    self.tokens = tokens
    self.adapter = adapter
    self.settings = settings
    self.row = row
    self.completesStopString = completesStopString
  }
}
