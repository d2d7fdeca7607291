/// A step of turning a text into a reference.
enum EditOperation {
  case none, substitution
  /// Of a word of the text.
  case deletion
  /// Of a word of the reference.
  case insertion
  case undefined
}

/// The Levenshtein distance of texts from one reference, searched only near the diagonal, as sacrebleu does
/// for TER.
struct BeamEditDistance<Word: Hashable> {
  fileprivate struct Cell {
    var cost: Int
    var operation: EditOperation
  }

  /// The matrix of a text, of which another text with the same beginning can use the first rows.
  struct Rows {
    fileprivate let text: [Word]
    fileprivate let cells: [[Cell]]
    let trace: [EditOperation]
    var distance: Int { cells.last?.last?.cost ?? 0 }
  }

  private let reference: [Word]
  private static var beamWidth: Int { 25 }
  private static var unreached: Int { 10_000_000_000_000_000 }

  init(_ reference: [Word]) {
    self.reference = reference
  }

  func rows(to text: [Word]) -> Rows {
    let cells = matrix(text, from: [firstRow])
    return Rows(text: text, cells: cells, trace: trace(cells))
  }

  /// - Parameter rows: Of a text with as many words.
  func distance(to text: [Word], sharing rows: Rows) -> Int {
    let shared = zip(text, rows.text).prefix { $0 == $1 }.count
    return matrix(text, from: Array(rows.cells[...shared])).last?.last?.cost ?? 0
  }

  private var firstRow: [Cell] {
    (0...reference.count).map { Cell(cost: $0, operation: .insertion) }
  }

  /// The first rows, and those of the rest of the text's words.
  private func matrix(_ text: [Word], from first: [[Cell]]) -> [[Cell]] {
    var rows = first
    rows.reserveCapacity(text.count + 1)
    let ratio = text.isEmpty ? 1 : Double(reference.count) / Double(text.count)
    // Texts of very different lengths would leave no way through.
    let width =
      Double(Self.beamWidth) < ratio / 2
      ? Int((ratio / 2 + Double(Self.beamWidth)).rounded(.up)) : Self.beamWidth
    for index in first.count..<(text.count + 1) {
      let diagonal = Int((Double(index) * ratio).rounded(.down))
      let end =
        index == text.count
        ? reference.count + 1 : min(reference.count + 1, diagonal + width)
      let start = max(0, diagonal - width)
      rows.append(row(text[index - 1], after: rows[index - 1], columns: start..<max(start, end)))
    }
    return rows
  }

  private func row(_ word: Word, after above: [Cell], columns: Range<Int>) -> [Cell] {
    let unreached = Cell(cost: Self.unreached, operation: .undefined)
    var row = [Cell](repeating: unreached, count: reference.count + 1)
    for column in columns {
      guard column > 0 else {
        row[0] = Cell(cost: above[0].cost + 1, operation: .deletion)
        continue
      }
      let isSame = word == reference[column - 1]
      var best = unreached
      // The order decides between equal costs.
      for cell in [
        Cell(
          cost: above[column - 1].cost + (isSame ? 0 : 1),
          operation: isSame ? .none : .substitution),
        Cell(cost: above[column].cost + 1, operation: .deletion),
        Cell(cost: row[column - 1].cost + 1, operation: .insertion),
      ] where cell.cost < best.cost {
        best = cell
      }
      row[column] = best
    }
    return row
  }

  private func trace(_ rows: [[Cell]]) -> [EditOperation] {
    var trace: [EditOperation] = []
    var (row, column) = (rows.count - 1, reference.count)
    while row > 0 || column > 0 {
      let operation = rows[row][column].operation
      trace.append(operation)
      switch operation {
      case .none, .substitution: (row, column) = (row - 1, column - 1)
      case .insertion: column -= 1
      case .deletion: row -= 1
      case .undefined: return trace.reversed()
      }
    }
    return trace.reversed()
  }
}
