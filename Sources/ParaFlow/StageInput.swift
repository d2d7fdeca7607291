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
