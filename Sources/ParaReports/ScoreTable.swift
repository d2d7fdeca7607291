import Foundation
import ParaScoring

/// A run's scores as a table for the terminal: a line for each task, adapter and metric, times 100.
public struct ScoreTable: CustomStringConvertible {
  private let lines: [[String]]

  public init(_ book: ScoreBook) {
    lines =
      [["task", "adapter", "metric", "rows", "score", "95 % interval"]]
      + book.entries.map { key, distribution in
        [
          key.task, key.adapter, key.metric, String(distribution.count),
          Self.percent(distribution.mean),
          distribution.confidenceInterval.map {
            "\(Self.percent($0.lowerBound)) – \(Self.percent($0.upperBound))"
          } ?? "",
        ]
      }
  }

  private static func percent(_ value: Double?) -> String {
    value.map { String(format: "%.1f", $0 * Metric.displayScale) } ?? "–"
  }

  /// Empty where nothing was scored. Numbers stand to the right of their columns.
  public var description: String {
    guard lines.count > 1 else { return "" }
    let widths = lines[0].indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    return lines.map { line in
      line.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column < 3 ? cell + padding : padding + cell
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }
}
