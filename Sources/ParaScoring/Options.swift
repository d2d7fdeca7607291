public import ParaJSON

/// The options given for a metric or a filter, by name, as a task file has them.
public typealias MetricOptions = [String: JSONValue]

/// An option of a metric or a filter.
public struct OptionDefinition: Sendable, Hashable {
  /// As a task spells it.
  public let name: String
  /// What it does, in a phrase.
  public let meaning: String

  init(_ name: String, _ meaning: String) {
    self.name = name
    self.meaning = meaning
  }
}

/// Options of which the names are known, and their values by type. A null is an option not given.
struct Options {
  private let values: MetricOptions
  /// Such as `metric f1`, for messages.
  private let owner: String

  /// - Throws: ``ScoringError`` with the code `unknownOption`.
  init(
    _ values: MetricOptions, _ known: [OptionDefinition], of owner: String
  ) throws(ScoringError) {
    let names = known.map(\.name)
    if let unknown = values.keys.sorted().first(where: { !names.contains($0) }) {
      let list = names.isEmpty ? "none" : names.joined(separator: ", ")
      throw ScoringError(
        .unknownOption, "The \(owner) has no option \"\(unknown)\"; its options: \(list).")
    }
    self.values = values.filter { $0.value != .null }
    self.owner = owner
  }

  subscript(name: String) -> JSONValue? { values[name] }

  func flag(_ name: String, else standard: Bool = false) throws(ScoringError) -> Bool {
    switch values[name] {
    case nil: standard
    case .bool(let value): value
    case let value?: throw wrongType(name, value, "true or false")
    }
  }

  func text(_ name: String) throws(ScoringError) -> String? {
    switch values[name] {
    case nil: nil
    case .string(let value): value
    case let value?: throw wrongType(name, value, "a text")
    }
  }

  func integer(_ name: String) throws(ScoringError) -> Int? {
    guard let value = values[name] else { return nil }
    guard let integer = value.intValue else { throw wrongType(name, value, "a whole number") }
    return integer
  }

  /// A list of texts; one text stands for a list of it.
  func texts(_ name: String) throws(ScoringError) -> [String] {
    switch values[name] {
    case nil: return []
    case .string(let text): return [text]
    case .array(let elements):
      var texts: [String] = []
      for case .string(let text) in elements { texts.append(text) }
      if texts.count == elements.count { return texts }
      throw unusable(name, "is a list of texts")
    case let value?: throw wrongType(name, value, "a list of texts")
    }
  }

  /// - Parameter rule: What the option's value has to be, as a predicate.
  func unusable(_ name: String, _ rule: String) -> ScoringError {
    ScoringError(.unusableOption, "The option '\(name)' of the \(owner) \(rule).")
  }

  private func wrongType(_ name: String, _ value: JSONValue, _ wanted: String) -> ScoringError {
    unusable(name, "is \(wanted), not \(value.typeName)")
  }
}
