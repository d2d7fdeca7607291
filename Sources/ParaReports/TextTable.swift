/// Rows of text in aligned columns, for a terminal.
package struct TextTable: CustomStringConvertible {
  package enum Alignment: Sendable {
    case left, right
  }

  private let rows: [[String]]
  private let alignments: [Alignment]

  /// - Parameters:
  ///   - rows: Cells, as many in each row as there are columns.
  ///   - alignments: One per column.
  package init(_ rows: [[String]], _ alignments: [Alignment]) {
    self.rows = rows
    self.alignments = alignments
  }

  /// One line per row, columns two spaces apart, without spaces at the ends of lines.
  package var description: String {
    let widths = alignments.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      let line = alignments.indices.map { column in
        let padding = String(repeating: " ", count: widths[column] - row[column].count)
        return alignments[column] == .left ? row[column] + padding : padding + row[column]
      }.joined(separator: "  ")
      return String(
        line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
    }.joined(separator: "\n")
  }
}
