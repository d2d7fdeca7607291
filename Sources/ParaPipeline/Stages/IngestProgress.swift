import Foundation
public import ParaJobs
import Synchronization

/// How much of a job's input files has been read, for the time left.
public final class IngestProgress: Sendable {
  private let sizes: [Int]
  private let consumed = Atomic<Int>(0)

  /// - Parameter inputs: A file that several inputs name counts for each.
  public init(_ inputs: [Job.Input]) {
    sizes = inputs.map { input in
      let attributes = try? FileManager.default.attributesOfItem(atPath: input.path)
      // A limit ends the reading somewhere before the end, so the file's size says nothing.
      return input.limit == nil ? attributes?[.size] as? Int ?? 0 : 0
    }
  }

  /// From 0 to 1; nil where the files' sizes say nothing.
  public var fractionRead: Double? {
    let total = sizes.reduce(0, +)
    guard total > 0, !sizes.contains(0) else { return nil }
    return min(1, Double(consumed.load(ordering: .relaxed)) / Double(total))
  }

  func update(input: Int, consumedBytes: Int) {
    consumed.store(sizes[..<input].reduce(0, +) + consumedBytes, ordering: .relaxed)
  }
}
