/// The end of a pipeline: takes every row, the failed ones included.
public struct Sink<Input: Payload>: Sendable {
  public typealias Body = @Sendable (SinkInput<Input>) throws -> Void

  public let name: String
  private let body: Body

  /// - Parameters:
  ///   - name: The sink's name in statistics.
  ///   - body: Takes input until it ends. After the last row every stage has been checked, so the
  ///     body may finish its files. It runs on the thread that called ``Flow/run(into:handle:)``;
  ///     an error that it throws stops the run.
  public init(_ name: String, body: @escaping Body) {
    self.name = name
    self.body = body
  }

  func drain(_ queue: BoundedQueue<Message<Input>>, in handle: FlowHandle) {
    let meter = StageMeter(name: name)
    handle.register(meter)
    handle.work(of: meter) {
      try body(SinkInput(queue: queue, meter: meter))
      guard queue.isExhausted else { throw FlowError.endedEarly(stage: name) }
    }
  }
}

/// The input of a sink: every row, the failed ones included.
public struct SinkInput<Input: Payload>: Sendable {
  let queue: BoundedQueue<Message<Input>>
  let meter: StageMeter

  /// The next row or failure; waits for it. Nil after the last one.
  ///
  /// - Throws: ``FlowError`` with the code `cancelled` when the run is over; do not catch it.
  public func next() throws -> Message<Input>? {
    let message = try queue.next(waiting: meter.whileWaiting)
    if let message { meter.took(message.rowCount) }
    return message
  }
}
