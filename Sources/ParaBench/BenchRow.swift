/// A row of the bench's table: a workload on one of the models, in a process of its own.
public struct BenchRow: Sendable, Hashable, Codable {
  public var name: String
  public var model: BenchModel
  public var workload: Workload
  public var repeats: Int
  public var measure = Measure.whole

  /// The part of the work that a row's tokens and share of the roof are of.
  public enum Measure: String, Sendable, Codable { case whole, prefill, decode }
}

extension BenchRow: CustomStringConvertible {
  public var description: String { "\(name), \(model.rawValue), \(workload.compute)" }
}
