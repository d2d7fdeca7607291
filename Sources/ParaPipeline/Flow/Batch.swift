/// Rows that travel together as one value.
public struct Batch<Value: Sendable>: Cargo {
  public let rows: [Row<Value>]

  public var rowCount: Int { rows.count }

  public init(_ rows: [Row<Value>]) {
    self.rows = rows
  }
}

extension Batch: Equatable where Value: Equatable {}
