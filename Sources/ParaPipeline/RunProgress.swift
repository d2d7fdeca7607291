import Foundation
public import ParaFlow
public import ParaJobs
import Synchronization

/// The progress of a run at one moment.
public struct ProgressSnapshot: Sendable, Equatable {
  /// Rows that have reached the sink, failed ones included.
  public var rows: Int
  public var failedRows: Int
  /// Rows that the source has sent on.
  public var rowsRead: Int
  /// The fraction of the input's bytes that the source has read; nil if that is not known.
  public var fractionRead: Double?
  /// The job's number of rows, if it is known in advance.
  public var totalRows: Int?
  /// Prompt tokens of the rows that are written.
  public var promptTokens: Int
  /// Generated tokens.
  public var newTokens: Int

  public init(
    rows: Int, failedRows: Int = 0, rowsRead: Int = 0, fractionRead: Double? = nil,
    totalRows: Int? = nil, promptTokens: Int = 0, newTokens: Int = 0
  ) {
    self.rows = rows
    self.failedRows = failedRows
    self.rowsRead = rowsRead
    self.fractionRead = fractionRead
    self.totalRows = totalRows
    self.promptTokens = promptTokens
    self.newTokens = newTokens
  }

  /// Takes the rows from ``FlowHandle/statistics``.
  public init(_ statistics: [StageStatistics]) {
    self.init(
      rows: statistics.last?.rowsIn ?? 0,
      failedRows: statistics.reduce(0) { $0 + $1.failures },
      rowsRead: statistics.first?.rowsOut ?? 0)
  }

  /// The job's number of rows, known or estimated from the bytes read; nil while neither is.
  package var expectedRows: (count: Int, isEstimate: Bool)? {
    if let totalRows { return (totalRows, false) }
    guard let fractionRead, fractionRead > 0, rowsRead > 0 else { return nil }
    if fractionRead >= 1 { return (rowsRead, false) }
    // A double past the range of Int would trap.
    return Int(exactly: (Double(rowsRead) / fractionRead).rounded()).map { ($0, true) }
  }
}

/// How much of a job's input files has been read, to estimate the remaining time.
public final class IngestProgress: Sendable {
  private let sizes: [Int]
  private let consumed = Atomic<Int>(0)

  /// - Parameter inputs: A file that several inputs name counts once for each.
  public init(_ inputs: [Job.Input]) {
    sizes = inputs.map { input in
      let attributes = try? FileManager.default.attributesOfItem(atPath: input.path)
      // With a limit, reading ends before the file does, so the size says nothing.
      return input.limit == nil ? attributes?[.size] as? Int ?? 0 : 0
    }
  }

  /// From 0 to 1; nil if the files' sizes say nothing.
  public var fractionRead: Double? {
    let total = sizes.reduce(0, +)
    guard total > 0, !sizes.contains(0) else { return nil }
    return min(1, Double(consumed.load(ordering: .relaxed)) / Double(total))
  }

  func update(input: Int, consumedBytes: Int) {
    consumed.store(sizes[..<input].reduce(0, +) + consumedBytes, ordering: .relaxed)
  }
}
