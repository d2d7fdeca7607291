import ParaPipeline
import ParaReports

/// A ``ProgressSnapshot`` in words.
struct ProgressLine: Sendable {
  private let snapshot: ProgressSnapshot
  private let seconds: Double

  /// What `snapshot` shows, `seconds` after the run began.
  init(_ snapshot: ProgressSnapshot, after seconds: Double) {
    self.snapshot = snapshot
    self.seconds = seconds
  }

  /// The line while the run goes on, for example
  /// "1,200 of 10,000 rows (12 %), 40.0 rows/s, 5,120 + 640 tokens/s, 3 failed, 3 min 40 s left".
  ///
  /// It has at most `width` characters: what matters least is left out first, and the rest cut off.
  func running(width: Int = .max) -> String {
    let parts: [(text: String?, rank: Int)] = [
      (rows, 0), (rowRate, 3), (tokenRates, 4), (failures, 2), (timeLeft, 1),
    ]
    for highestRank in stride(from: 4, through: 0, by: -1) {
      let line = parts.filter { $0.rank <= highestRank }.compactMap(\.text).joined(separator: ", ")
      if line.count <= width { return line }
    }
    return String(rows.prefix(max(0, width)))
  }

  /// The line at the end, for example
  /// "10,000 rows in 4 min 10 s, 40.0 rows/s, 5,120 + 640 tokens/s, 3 failed".
  var finished: String {
    let total = "\(snapshot.rows.grouped) rows in \(Self.duration(seconds))"
    return [total, rowRate, tokenRates, failures].compactMap(\.self).joined(separator: ", ")
  }

  private var rows: String {
    let done = snapshot.rows.grouped
    guard let (count, isEstimate) = snapshot.expectedRows else { return "\(done) rows" }
    let share = count > 0 ? min(100, 100 * Double(snapshot.rows) / Double(count)) : 100
    // Rounded down, so that 100 % is the end.
    return "\(done) of \(isEstimate ? "about " : "")\(count.grouped) rows (\(Int(share)) %)"
  }

  private var rowRate: String? {
    snapshot.rows > 0 && seconds > 0 ? "\(Self.rate(Double(snapshot.rows) / seconds)) rows/s" : nil
  }

  private var tokenRates: String? {
    guard snapshot.promptTokens + snapshot.newTokens > 0, seconds > 0 else { return nil }
    let prompt = Self.rate(Double(snapshot.promptTokens) / seconds)
    return "\(prompt) + \(Self.rate(Double(snapshot.newTokens) / seconds)) tokens/s"
  }

  private var failures: String? {
    snapshot.failedRows > 0 ? "\(snapshot.failedRows.grouped) failed" : nil
  }

  private var timeLeft: String? {
    guard snapshot.rows > 0, let count = snapshot.expectedRows?.count, count >= snapshot.rows
    else { return nil }
    let left = seconds * Double(count - snapshot.rows) / Double(snapshot.rows)
    return "\(Self.duration(left)) left"
  }
}
