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
