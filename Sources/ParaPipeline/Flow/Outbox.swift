/// Where a stage's body puts its output. All workers of a stage share one outbox.
public struct Outbox<Output: Cargo>: Sendable {
  let queue: BoundedQueue<Parcel<Output>>
  let meter: StageMeter

  /// Hands `output` to the next stage, waiting while the queue between them is full.
  ///
  /// - Throws: ``FlowError`` with the code `cancelled` when the run is over; let it pass.
  public func send(_ output: Output) throws {
    try put(.cargo(output))
  }

  /// Gives a row up: a ``RowFailure`` of this stage goes to the sink in its stead.
  ///
  /// - Throws: `error` itself unless it is a ``RowError``, for then it is about more than the row;
  ///   ``FlowError`` with the code `cancelled` when the run is over.
  public func fail(_ origin: RowOrigin, _ error: any Error) throws {
    guard let error = error as? any RowError else { throw error }
    meter.failedOne()
    try put(
      .failure(
        RowFailure(
          origin: origin, stage: meter.name,
          code: error.failureCode, message: error.failureMessage)))
  }

  func put(_ parcel: Parcel<Output>) throws {
    try queue.send(parcel, waiting: meter.whileBlocked)
    meter.sent(parcel.rowCount)
  }
}
