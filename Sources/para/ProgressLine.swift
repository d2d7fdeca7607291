import Foundation
import ParaPipeline
import ParaReports

/// A ``ProgressSnapshot`` as a line of text.
struct ProgressLine: Sendable {
  private let snapshot: ProgressSnapshot
  private let seconds: Double

  /// - Parameter seconds: The time since the run began.
  init(_ snapshot: ProgressSnapshot, after seconds: Double) {
    self.snapshot = snapshot
    self.seconds = seconds
  }

  /// The line during the run, for example
  /// "1,200 of 10,000 rows (12 %), 40.0 rows/s, 5,120 + 640 tokens/s, 3 failed, 3 min 40 s left".
  ///
  /// It has at most `width` characters: the least important parts are dropped first, then it is cut.
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
    // Rounded down, so that 100 % means finished.
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

extension ProgressLine {
  /// "42 s", "3 min 05 s" or "1 h 02 min"; "?" for NaN and negative times.
  static func duration(_ seconds: Double) -> String {
    guard let whole = Int(exactly: seconds.rounded()), whole >= 0 else { return "?" }
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    let minutes = (whole + 30) / 60
    return "\(minutes / 60) h \(twoDigits(minutes % 60)) min"
  }

  /// Three significant digits: "0.25", "4.20", "45.6", "1,234"; "?" for NaN and infinity.
  static func rate(_ perSecond: Double) -> String {
    guard perSecond.isFinite else { return "?" }
    if perSecond < 9.995 { return String(format: "%.2f", perSecond) }
    if perSecond < 99.95 { return String(format: "%.1f", perSecond) }
    return Int(exactly: perSecond.rounded()).map(\.grouped) ?? "?"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
