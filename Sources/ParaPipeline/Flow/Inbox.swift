/// Where a stage's body takes its input from.
///
/// Rows that have failed already never show up here: they are sent on to the next stage as they
/// are met. All workers of a stage share one inbox.
public struct Inbox<Input: Cargo>: Sendable {
  let queue: BoundedQueue<Parcel<Input>>
  let meter: StageMeter
  let forward: @Sendable (RowFailure) throws -> Void

  /// The next value, waiting for it; nil when there will be no more.
  ///
  /// - Throws: ``FlowError`` with the code `cancelled` when the run is over; let it pass.
  public func next() throws -> Input? {
    while let parcel = try queue.next(waiting: meter.whileWaiting) {
      if let input = try accept(parcel) { return input }
    }
    return nil
  }

  /// The next value if it is there already, for a stage that has other work to go on with.
  ///
  /// - Throws: ``FlowError`` with the code `cancelled` when the run is over; let it pass.
  public func poll() throws -> Polled<Input> {
    while true {
      switch try queue.poll() {
      case .value(let parcel):
        if let input = try accept(parcel) { return .value(input) }
      case .empty: return .empty
      case .ended: return .ended
      }
    }
  }

  /// How many values are there at the moment.
  var waitingCount: Int { queue.count }

  private func accept(_ parcel: Parcel<Input>) throws -> Input? {
    meter.took(parcel.rowCount)
    switch parcel {
    case .cargo(let input):
      return input
    case .failure(let failure):
      try forward(failure)
      return nil
    }
  }
}
