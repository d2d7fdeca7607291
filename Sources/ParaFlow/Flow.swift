/// A pipeline: a source, and the stages joined to it so far. Nothing runs until `run`.
///
///     try Flow("count", of: rows)
///       .then(Stage("square", concurrency: 4, map: { $0 * $0 }))
///       .run(into: sink)
///
/// A bounded queue connects each stage to the next. A full queue stops the stage before it (back
/// pressure), so the number of rows in memory is bounded by the queues' capacities and what the
/// workers hold, whatever the number of rows.
///
/// Each worker has its own thread instead of a Dispatch work item: bodies block on queues for as
/// long as the run lasts, and Dispatch's pool is limited and meant for short work.
public struct Flow<Output: Payload>: Sendable {
  private let start: @Sendable (FlowHandle) -> BoundedQueue<Message<Output>>

  /// A source that sends rows until its body returns.
  ///
  /// - Parameters:
  ///   - name: The source's name in statistics and failures.
  ///   - capacity: How many values the queue to the first stage holds.
  ///   - body: Runs once per run, on its own thread. It fails a row that cannot be read by
  ///     ``StageOutput/fail(_:_:)``; an error that it throws stops the run.
  public init(
    _ name: String, capacity: Int = 64,
    body: @escaping @Sendable (StageOutput<Output>) throws -> Void
  ) {
    precondition(capacity > 0, "Source '\(name)' needs a slot.")
    start = { handle in
      let queue = BoundedQueue<Message<Output>>(capacity: capacity)
      let meter = StageMeter(name: name)
      handle.register(meter, queue)
      handle.startWorker(of: meter) {
        try body(StageOutput(queue: queue, meter: meter))
        queue.close()
      }
      return queue
    }
  }

  /// A source that sends the elements of a sequence.
  public init(
    _ name: String, capacity: Int = 64, of elements: some Sequence<Output> & Sendable
  ) {
    self.init(name, capacity: capacity) { output in
      for element in elements { try output.send(element) }
    }
  }

  private init(start: @escaping @Sendable (FlowHandle) -> BoundedQueue<Message<Output>>) {
    self.start = start
  }

  /// This pipeline with another stage at its end.
  public func then<Next>(_ stage: Stage<Output, Next>) -> Flow<Next> {
    Flow<Next> { handle in stage.start(from: start(handle), in: handle) }
  }

  /// Runs everything and returns when every row is in the sink and every worker has ended.
  ///
  /// - Parameters:
  ///   - sink: Runs on the calling thread.
  ///   - handle: Cancels this run, and shows its statistics while it runs.
  /// - Returns: The statistics of the source, the stages and the sink, in this order.
  /// - Throws: The error of source, stages and sink that came first; `FlowError.cancelled` when the
  ///   handle was cancelled. All workers have ended by then.
  @discardableResult
  public func run(
    into sink: Sink<Output>, handle: FlowHandle = FlowHandle()
  ) throws -> [StageStatistics] {
    try handle.begin()
    sink.drain(start(handle), in: handle)
    try handle.finish()
    return handle.statistics
  }
}
