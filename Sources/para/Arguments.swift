public import ArgumentParser
import ParaAdapters
public import ParaBench
public import ParaTensors

extension ComputeType: ExpressibleByArgument {}
extension KVCacheType: ExpressibleByArgument {}
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

/// Refuses counts of nothing and beyond all measure.
func requireCounts(_ options: [(name: String, value: Int)]) throws {
  if let option = options.first(where: { !(1...1_000_000).contains($0.value) }) {
    throw ValidationError("\(option.name) is \(option.value), and must be from 1 to 1000000.")
  }
}

/// A command's threads: those beyond the processors would only wait for each other.
struct ThreadsOption: ParsableArguments {
  @Option(help: "Threads, no more than there are processors.")
  private var threads = ProcessorCount.available

  func validate() throws { try requireCounts([("--threads", threads)]) }

  var count: Int { min(threads, ProcessorCount.available) }
}
