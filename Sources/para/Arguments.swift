public import Adapters
public import ArgumentParser
public import Tensors

extension ComputeType: ExpressibleByArgument {}

extension AdapterMethod: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}
