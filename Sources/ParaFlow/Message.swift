/// An element of the queue between two stages: rows to process, or a failure bound for the sink.
public enum Message<Content: Payload>: Sendable {
  case payload(Content)
  case failure(RowFailure)

  var rowCount: Int {
    switch self {
    case .payload(let content): content.rowCount
    case .failure: 1
    }
  }
}

extension Message: Equatable where Content: Equatable {}
