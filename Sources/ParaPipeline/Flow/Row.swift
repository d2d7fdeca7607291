/// One row in good standing: a value and the row it belongs to.
public struct Row<Value: Sendable>: Cargo {
  public let origin: RowOrigin
  public let value: Value

  public var rowCount: Int { 1 }

  public init(_ value: Value, origin: RowOrigin) {
    self.value = value
    self.origin = origin
  }

  /// The same row with another value.
  public func map<Result>(_ transform: (Value) throws -> Result) rethrows -> Row<Result> {
    Row<Result>(try transform(value), origin: origin)
  }
}

extension Row: Equatable where Value: Equatable {}
