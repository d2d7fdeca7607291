import ArgumentParser

/// Several values in one argument: `S,M,L`; `none` is none.
struct CommaSeparated<Value: ExpressibleByArgument & Sendable>: ExpressibleByArgument, Sendable {
  var values: [Value]

  init(_ values: [Value]) { self.values = values }

  init?(argument: String) {
    let names = argument == "none" ? [] : argument.split(separator: ",")
    values = names.compactMap { Value(argument: String($0)) }
    if values.count < names.count { return nil }
  }

  var defaultValueDescription: String {
    values.isEmpty ? "none" : values.map(\.defaultValueDescription).joined(separator: ",")
  }

  static var allValueStrings: [String] { Value.allValueStrings }
}
