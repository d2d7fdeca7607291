public import ParaFlow

/// How far a run is at one moment.
public struct ProgressSnapshot: Sendable, Equatable {
  /// Rows that have reached the sink, failed ones included.
  public var rows: Int
  public var failedRows: Int
  /// Rows that the source has sent.
  public var rowsRead: Int
  /// How much of the input's bytes the source has read, from 0 to 1; nil if that is not known.
  public var fractionRead: Double?
  /// The job's rows, where they are known beforehand.
  public var totalRows: Int?
  /// Tokens of prompts that were prefilled.
  public var promptTokens: Int
  /// Tokens that were generated.
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

  /// The job's rows, known or estimated by the bytes read; nil while there is nothing to go by.
  package var expectedRows: (count: Int, isEstimate: Bool)? {
    if let totalRows { return (totalRows, false) }
    guard let fractionRead, fractionRead > 0, rowsRead > 0 else { return nil }
    if fractionRead >= 1 { return (rowsRead, false) }
    // A double past the range of Int would trap.
    return Int(exactly: (Double(rowsRead) / fractionRead).rounded()).map { ($0, true) }
  }
}
