/// The end of the way: takes every row, failed ones included.
public struct Sink<Input: Cargo>: Sendable {
  public typealias Body = @Sendable (Arrivals<Input>) throws -> Void

  public let name: String
  private let body: Body

  /// - Parameters:
  ///   - name: The sink's name in statistics.
  ///   - body: Takes until there is no more; after the last row it may finish its files, for by
  ///     then every stage before it has been checked. Runs on the thread that called
  ///     ``Flow/run(into:handle:)``. What it throws stops the run.
  public init(_ name: String, body: @escaping Body) {
    self.name = name
    self.body = body
  }

  func drain(_ input: BoundedQueue<Parcel<Input>>, in handle: FlowHandle) {
    let meter = StageMeter(name: name)
    handle.register(meter)
    handle.work(of: meter) {
      try body(Arrivals(queue: input, meter: meter))
      guard input.isExhausted else { throw FlowError.endedEarly(stage: name) }
    }
  }
}
