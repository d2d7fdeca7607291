/// What a look into a queue finds, without waiting.
public enum Polled<Value> {
  case value(Value)
  /// Nothing at the moment; more may come.
  case empty
  /// Nothing, and no more will come.
  case ended
}

extension Polled: Sendable where Value: Sendable {}
extension Polled: Equatable where Value: Equatable {}
