/// One station on the way of a row: a name, and a body that takes input and sends output.
///
/// Every worker runs the body once, on a thread of its own, with its state in local variables. The
/// stage ends when the last worker has returned; its input must have ended by then, and as many
/// rows must have been sent on as were taken, else the run fails with a ``FlowError`` that names
/// the stage.
///
/// With one worker rows leave in the order in which the body sends them; with more, in any order.
public struct Stage<Input: Cargo, Output: Cargo>: Sendable {
  public typealias Body = @Sendable (Inbox<Input>, Outbox<Output>) throws -> Void

  public let name: String
  /// How many workers run the body side by side.
  public let concurrency: Int
  /// How many values wait for the next stage before this one is held up.
  public let capacity: Int
  private let body: Body

  /// A stage that keeps state, groups or splits: the body takes from the inbox until it ends.
  ///
  /// An error that the body throws stops the run; to give up a single row use
  /// ``Outbox/fail(_:_:)``.
  public init(
    _ name: String, concurrency: Int = 1, capacity: Int = 64, body: @escaping Body
  ) {
    precondition(concurrency > 0 && capacity > 0, "Stage '\(name)' needs a worker and a slot.")
    self.name = name
    self.concurrency = concurrency
    self.capacity = capacity
    self.body = body
  }

  /// Starts the workers; what they send comes out of the queue that is returned.
  func start(
    from input: BoundedQueue<Parcel<Input>>, in handle: FlowHandle
  ) -> BoundedQueue<Parcel<Output>> {
    let output = BoundedQueue<Parcel<Output>>(capacity: capacity)
    let meter = StageMeter(name: name, workers: concurrency)
    let outbox = Outbox(queue: output, meter: meter)
    let inbox = Inbox(queue: input, meter: meter) { try outbox.put(.failure($0)) }
    handle.register(meter, output)
    for _ in 0..<concurrency {
      handle.startWorker(of: meter) {
        try body(inbox, outbox)
        guard meter.workerReturned() else { return }
        guard input.isExhausted else { throw FlowError.endedEarly(stage: name) }
        try meter.checkRows()
        output.close()
      }
    }
    return output
  }
}
