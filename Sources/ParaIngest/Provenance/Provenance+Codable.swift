/// A flat object: `file`, `member` if there is one, and of `line`, `element` and `path` those that
/// the location has.
extension Provenance: Codable {
  private enum CodingKeys: String, CodingKey {
    case file, member, line, element, path
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    file = try container.decode(String.self, forKey: .file)
    member = try container.decodeIfPresent(String.self, forKey: .member)
    let line = try container.decodeIfPresent(Int.self, forKey: .line)
    if let element = try container.decodeIfPresent(String.self, forKey: .element) {
      location = .element(path: element, line: try container.decode(Int.self, forKey: .line))
    } else if let path = try container.decodeIfPresent(String.self, forKey: .path) {
      location = .path(path)
    } else {
      location = line.map(Location.line) ?? .whole
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(file, forKey: .file)
    try container.encodeIfPresent(member, forKey: .member)
    switch location {
    case .whole: break
    case .line(let line): try container.encode(line, forKey: .line)
    case .path(let path): try container.encode(path, forKey: .path)
    case .element(let path, let line):
      try container.encode(path, forKey: .element)
      try container.encode(line, forKey: .line)
    }
  }
}
