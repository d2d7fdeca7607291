import Adapters
public import ArgumentParser
public import Tensors

extension ComputeType: ExpressibleByArgument {}

/// The adapters of a measurement.
enum AdapterChoice: String, CaseIterable, ExpressibleByArgument {
  case none, para, lora, ia3, bitfit

  var method: AdapterMethod? {
    switch self {
    case .none: nil
    case .para: .para
    case .lora: .lora
    case .ia3: .ia3
    case .bitfit: .bitFit
    }
  }
}

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

/// Refuses options that count something and are not above 0.
func requirePositive(_ options: [(name: String, value: Int)]) throws {
  if let option = options.first(where: { $0.value < 1 }) {
    throw ValidationError("\(option.name) is \(option.value), and must be above 0.")
  }
}
