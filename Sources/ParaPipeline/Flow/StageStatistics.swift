/// What a stage has done so far, for `run.json` and for progress.
public struct StageStatistics: Sendable, Codable, Equatable {
  public var name: String
  public var workers: Int
  /// Rows taken, those included that had failed before; 0 for the source.
  public var rowsIn: Int
  /// Rows sent on, failed ones included; 0 for the sink.
  public var rowsOut: Int
  /// Rows that failed in this very stage.
  public var failures: Int
  /// Seconds of work, added up over the workers: their lifetime less the two below.
  public var busySeconds: Double
  /// Seconds of waiting for input, added up over the workers.
  public var waitingSeconds: Double
  /// Seconds of waiting because the next stage was behind, added up over the workers.
  public var blockedSeconds: Double
  /// How many values the queue after this stage may hold; 0 for the sink.
  public var queueCapacity: Int
  /// How many it has held at most.
  public var peakQueueDepth: Int
}
