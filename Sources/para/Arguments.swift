import Adapters
public import ArgumentParser
public import Bench
public import Tensors

extension ComputeType: ExpressibleByArgument {}
extension CacheFormat: ExpressibleByArgument {}
extension BenchModel: ExpressibleByArgument {}
extension BenchPlan.Rows: ExpressibleByArgument {}
extension BenchPlan.Sweep: ExpressibleByArgument {}

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

/// Refuses options that count something and are not above 0.
func requirePositive(_ options: [(name: String, value: Int)]) throws {
  if let option = options.first(where: { $0.value < 1 }) {
    throw ValidationError("\(option.name) is \(option.value), and must be above 0.")
  }
}
