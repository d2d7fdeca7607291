import ParaIngest

/// How a task finds a row's choices: the same for all, or a field's.
enum ChoiceRule {
  case each([String])
  case field(FieldPath)

  init(_ choices: Job.Choices) {
    switch choices {
    case .each(let texts): self = .each(texts)
    case .field(let path): self = .field(FieldPath(path))
    }
  }

  func choices(_ fields: [String: FieldValue]) throws -> [String] {
    switch self {
    case .each(let texts): texts
    case .field(let path): try path.texts(in: fields)
    }
  }
}
