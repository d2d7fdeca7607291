import Foundation
import ParaReports

extension ProgressLine {
  /// "42 s", "3 min 05 s" or "1 h 02 min"; "?" for what is no time.
  static func duration(_ seconds: Double) -> String {
    guard let whole = Int(exactly: seconds.rounded()), whole >= 0 else { return "?" }
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(twoDigits(whole % 60)) s" }
    let minutes = (whole + 30) / 60
    return "\(minutes / 60) h \(twoDigits(minutes % 60)) min"
  }

  /// Three digits that count: "0.25", "4.20", "45.6", "1,234"; "?" for what is no number.
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
