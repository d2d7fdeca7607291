/// A source and the stages joined to it so far; a description, which nothing runs until `run`.
///
///     try Flow("count", of: rows)
///       .then(Stage("square", concurrency: 4, map: { $0 * $0 }))
///       .run(into: sink)
///
/// Between any two stages stands a queue of bounded length. A full one stops the stage before it,
/// so the rows alive at any time are bounded by the capacities and what the workers hold, whatever
/// the number of rows.
///
/// Each worker is a thread of its own and not a job for Dispatch's pool: a body waits on queues
/// for as long as the run lasts, and the pool is limited in number and made for short jobs.
public struct Flow<Output: Cargo>: Sendable {
  private let start: @Sendable (FlowHandle) -> BoundedQueue<Parcel<Output>>

  /// A source that sends rows until its body returns.
  ///
  /// - Parameters:
  ///   - name: The source's name in statistics and failures.
  ///   - capacity: How many values wait for the first stage before the source is held up.
  ///   - body: Runs once per run, on a thread of its own. A row that cannot be read is failed by
  ///     ``Outbox/fail(_:_:)``; an error that it throws stops the run.
  public init(
    _ name: String, capacity: Int = 64,
    body: @escaping @Sendable (Outbox<Output>) throws -> Void
  ) {
    precondition(capacity > 0, "Source '\(name)' needs a slot.")
    start = { handle in
      let output = BoundedQueue<Parcel<Output>>(capacity: capacity)
      let meter = StageMeter(name: name)
      handle.register(meter, output)
      handle.startWorker(of: meter) {
        try body(Outbox(queue: output, meter: meter))
        output.close()
      }
      return output
    }
  }

  /// A source that sends the elements of a sequence.
  public init(
    _ name: String, capacity: Int = 64, of elements: some Sequence<Output> & Sendable
  ) {
    self.init(name, capacity: capacity) { outbox in
      for element in elements { try outbox.send(element) }
    }
  }

  private init(start: @escaping @Sendable (FlowHandle) -> BoundedQueue<Parcel<Output>>) {
    self.start = start
  }

  /// The flow with one stage more.
  public func then<Next>(_ stage: Stage<Output, Next>) -> Flow<Next> {
    Flow<Next> { handle in stage.start(from: start(handle), in: handle) }
  }

  /// Runs everything and returns when every row is in the sink and every worker has ended.
  ///
  /// - Parameters:
  ///   - sink: Runs on the calling thread.
  ///   - handle: Cancels this run and shows its statistics meanwhile.
  /// - Returns: The statistics of the source, the stages and the sink, in this order.
  /// - Throws: The first error, in time, of source, stages and sink; `FlowError.cancelled` when the
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
