/// One step of the pipeline: a name, and a body that takes input and sends output.
///
/// Every worker runs the body once, on its own thread, with its state in local variables. The stage
/// ends when the last worker has returned. By then its input must have ended, and it must have sent
/// on as many rows as it took; otherwise the run fails with a ``FlowError`` that names the stage.
///
/// With one worker, rows leave in the order in which the body sends them; with more, in any order.
public struct Stage<Input: Payload, Output: Payload>: Sendable {
  public typealias Body = @Sendable (StageInput<Input>, StageOutput<Output>) throws -> Void

  public let name: String
  /// How many workers run the body in parallel.
  public let concurrency: Int
  /// How many values the queue to the next stage holds; a full queue stops this stage.
  public let capacity: Int
  private let body: Body

  /// A stage that keeps state, groups or splits: the body takes input until it ends.
  ///
  /// An error that the body throws stops the run; ``StageOutput/fail(_:_:)`` fails a single row.
  public init(
    _ name: String, concurrency: Int = 1, capacity: Int = 64, body: @escaping Body
  ) {
    precondition(concurrency > 0 && capacity > 0, "Stage '\(name)' needs a worker and a slot.")
    self.name = name
    self.concurrency = concurrency
    self.capacity = capacity
    self.body = body
  }

  /// Starts the workers.
  ///
  /// - Returns: The queue that they send to.
  func start(
    from queue: BoundedQueue<Message<Input>>, in handle: FlowHandle
  ) -> BoundedQueue<Message<Output>> {
    let nextQueue = BoundedQueue<Message<Output>>(capacity: capacity)
    let meter = StageMeter(name: name, workers: concurrency)
    let output = StageOutput(queue: nextQueue, meter: meter)
    let input = StageInput(queue: queue, meter: meter) { try output.put(.failure($0)) }
    handle.register(meter, nextQueue)
    for _ in 0..<concurrency {
      handle.startWorker(of: meter) {
        try body(input, output)
        guard meter.workerReturned() else { return }
        guard queue.isExhausted else { throw FlowError.endedEarly(stage: name) }
        try meter.checkRows()
        nextQueue.close()
      }
    }
    return nextQueue
  }
}

extension Stage {
  /// A stage that maps each row's value to another one.
  ///
  /// A ``RowError`` that `transform` throws fails the row; any other error stops the run.
  public init<Value, Result>(
    _ name: String, concurrency: Int = 1, capacity: Int = 64,
    map transform: @escaping @Sendable (Value) throws -> Result
  ) where Input == Row<Value>, Output == Row<Result> {
    self.init(name, concurrency: concurrency, capacity: capacity) { input, output in
      while let row = try input.next() {
        let result: Row<Result>
        do {
          result = try row.map(transform)
        } catch {
          try output.fail(row.origin, error)
          continue
        }
        try output.send(result)
      }
    }
  }
}
