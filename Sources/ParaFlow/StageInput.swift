/// The input of a stage's body.
///
/// Rows that failed in an earlier stage are forwarded to the next one and never returned here. All
/// workers of a stage share one input.
public struct StageInput<Input: Payload>: Sendable {
  let queue: BoundedQueue<Message<Input>>
  let meter: StageMeter
  let forward: @Sendable (RowFailure) throws -> Void

  /// The next value; waits for it. Nil after the last one.
  ///
  /// - Throws: ``FlowError`` with the code `cancelled` when the run is over; do not catch it.
  public func next() throws -> Input? {
    while let message = try queue.next(waiting: meter.whileWaiting) {
      if let input = try accept(message) { return input }
    }
    return nil
  }

  /// The next value if one is queued, for a stage that has other work to do meanwhile.
  ///
  /// - Throws: ``FlowError`` with the code `cancelled` when the run is over; do not catch it.
  public func poll() throws -> PollResult<Input> {
    while true {
      switch try queue.poll() {
      case .value(let message):
        if let input = try accept(message) { return .value(input) }
      case .empty: return .empty
      case .ended: return .ended
      }
    }
  }

  /// How many values are queued now.
  package var waitingCount: Int { queue.count }

  private func accept(_ message: Message<Input>) throws -> Input? {
    meter.took(message.rowCount)
    switch message {
    case .payload(let input):
      return input
    case .failure(let failure):
      try forward(failure)
      return nil
    }
  }
}

/// The output of a stage's body. All workers of a stage share one output.
public struct StageOutput<Output: Payload>: Sendable {
  let queue: BoundedQueue<Message<Output>>
  let meter: StageMeter

  /// Hands `output` to the next stage; waits while the queue between them is full.
  ///
  /// - Throws: ``FlowError`` with the code `cancelled` when the run is over; do not catch it.
  public func send(_ output: Output) throws {
    try put(.payload(output))
  }

  /// Fails a row: a ``RowFailure`` of this stage goes on to the sink in its place.
  ///
  /// - Throws: `error` itself unless it is a ``RowError``, because then it concerns more than the
  ///   row; ``FlowError`` with the code `cancelled` when the run is over.
  public func fail(_ origin: RowOrigin, _ error: any Error) throws {
    guard let error = error as? any RowError else { throw error }
    meter.failedOne()
    try put(
      .failure(
        RowFailure(
          origin: origin, stage: meter.name,
          code: error.failureCode, message: error.failureMessage)))
  }

  func put(_ message: Message<Output>) throws {
    try queue.send(message, waiting: meter.whileBlocked)
    meter.sent(message.rowCount)
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
