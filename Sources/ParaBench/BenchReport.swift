public import Foundation

/// What was measured: the machine's limits and the rows.
public struct BenchReport: Sendable, Codable {
  public var machine: Machine
  public var measurements: [Measurement] = []

  public init(_ machine: Machine) { self.machine = machine }

  /// Writes it as JSON with the keys in snake case.
  public func write(to url: URL) throws { try MeasurementFile.write(self, to: url) }
}
