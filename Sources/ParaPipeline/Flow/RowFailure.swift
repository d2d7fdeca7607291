/// Why a row has no result. It travels to the sink in the row's stead.
public struct RowFailure: Sendable, Equatable {
  public let origin: RowOrigin
  /// The name of the stage that gave the row up.
  public let stage: String
  public let code: String
  public let message: String

  public init(origin: RowOrigin, stage: String, code: String, message: String) {
    self.origin = origin
    self.stage = stage
    self.code = code
    self.message = message
  }
}

extension RowFailure: Encodable {
  private enum Key: String, CodingKey {
    case row, id, file, member, location, stage, code, message
  }

  /// One flat object, as it stands in `errors.jsonl`; `id` and `member` only where there is one.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(origin.number, forKey: .row)
    try container.encodeIfPresent(origin.id, forKey: .id)
    try container.encode(origin.file, forKey: .file)
    try container.encodeIfPresent(origin.member, forKey: .member)
    try container.encode(origin.location, forKey: .location)
    try container.encode(stage, forKey: .stage)
    try container.encode(code, forKey: .code)
    try container.encode(message, forKey: .message)
  }
}
