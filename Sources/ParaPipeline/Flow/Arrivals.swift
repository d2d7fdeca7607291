/// Where a sink takes what has come through, failures included.
public struct Arrivals<Input: Cargo>: Sendable {
  let queue: BoundedQueue<Parcel<Input>>
  let meter: StageMeter

  /// What arrives next, waiting for it; nil when every row has arrived.
  ///
  /// - Throws: ``FlowError`` with the code `cancelled` when the run is over; let it pass.
  public func next() throws -> Parcel<Input>? {
    let parcel = try queue.next(waiting: meter.whileWaiting)
    if let parcel { meter.took(parcel.rowCount) }
    return parcel
  }
}
