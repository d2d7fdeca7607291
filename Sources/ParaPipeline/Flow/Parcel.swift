/// What a queue holds: something to work on, or a failure on its way to the sink.
public enum Parcel<Content: Cargo>: Sendable {
  case cargo(Content)
  case failure(RowFailure)

  var rowCount: Int {
    switch self {
    case .cargo(let content): content.rowCount
    case .failure: 1
    }
  }
}

extension Parcel: Equatable where Content: Equatable {}
