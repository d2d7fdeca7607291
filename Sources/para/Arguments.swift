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
