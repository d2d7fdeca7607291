import ParaIngest

/// How a task finds a row's right answers: `doc_to_target`, a field's path or a template.
enum ReferenceRule {
  case field(FieldPath)
  case template(PromptTemplate)

  init(_ target: Job.Target) throws {
    switch target {
    case .field(let path): self = .field(FieldPath(path))
    case .template(let text): self = .template(try PromptTemplate(text))
    }
  }

  func references(_ fields: [String: FieldValue]) throws -> [String] {
    switch self {
    case .template(let template): [try template.render(fields)]
    case .field(let path): try path.texts(in: fields)
    }
  }
}
