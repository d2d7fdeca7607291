public import ArgumentParser
import ParaAdapters
public import ParaBench
public import ParaPrompts
public import ParaTensors
public import ParaTokenizers

extension ComputeType: ExpressibleByArgument {}
extension KVCacheType: ExpressibleByArgument {}
extension ChatFormat: ExpressibleByArgument {}
extension SpecialTokensInText: ExpressibleByArgument {}
extension BenchModel: ExpressibleByArgument {}
extension BenchPlan.Kind: ExpressibleByArgument {}
extension BenchPlan.Sweep: ExpressibleByArgument {}

/// The adapters of a benchmark: those of a method, or `none`.
struct AdapterChoice: ExpressibleByArgument {
  let method: AdapterMethod?

  static let none = AdapterChoice(method: nil)
  static var allValueStrings: [String] {
    ["none"] + AdapterMethod.allCases.map { $0.rawValue.lowercased() }
  }

  var defaultValueDescription: String { method?.rawValue.lowercased() ?? "none" }
}

extension AdapterChoice {
  init?(argument: String) {
    guard argument != "none" else {
      self = .none
      return
    }
    guard let method = AdapterMethod(rawValue: argument.uppercased()) else { return nil }
    self.init(method: method)
  }
}

/// Refuses counts that are not from 1 to a million.
func requireCounts(_ options: [(name: String, value: Int)]) throws {
  if let option = options.first(where: { !(1...1_000_000).contains($0.value) }) {
    throw ValidationError("\(option.name) is \(option.value), and must be from 1 to 1000000.")
  }
}

/// The number of threads, at most that of the processors: more would only compete for them.
struct ThreadsOption: ParsableArguments {
  @Option(help: "Threads, at most the number of processors.")
  private var threads = ProcessorCount.available

  func validate() throws { try requireCounts([("--threads", threads)]) }

  var count: Int { min(threads, ProcessorCount.available) }
}

/// Several values in one argument, separated by commas: `S,M,L`; `none` for no value.
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
