extension Stage {
  /// A stage that makes one value of one value.
  ///
  /// A ``RowError`` that `transform` throws fails the row; any other error stops the run.
  public init<Value, Result>(
    _ name: String, concurrency: Int = 1, capacity: Int = 64,
    map transform: @escaping @Sendable (Value) throws -> Result
  ) where Input == Row<Value>, Output == Row<Result> {
    self.init(name, concurrency: concurrency, capacity: capacity) { inbox, outbox in
      while let row = try inbox.next() {
        let result: Row<Result>
        do {
          result = try row.map(transform)
        } catch {
          try outbox.fail(row.origin, error)
          continue
        }
        try outbox.send(result)
      }
    }
  }
}
