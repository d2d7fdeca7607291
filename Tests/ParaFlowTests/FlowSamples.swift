import ParaFlow
import Synchronization

/// Rows whose value is their number.
func countingRows(_ count: Int) -> [Row<Int>] {
  (0..<count).map { Row($0, origin: origin($0)) }
}

func origin(_ number: Int) -> RowOrigin {
  RowOrigin(number: number, file: "rows.jsonl", location: "line \(number + 1)")
}

/// A sink that keeps what it gets.
final class Collected<Value: Sendable>: Sendable {
  private let state = Mutex<(rows: [Row<Value>], failures: [RowFailure])>(([], []))

  var rows: [Row<Value>] { state.withLock(\.rows) }
  var failures: [RowFailure] { state.withLock(\.failures) }
  /// The numbers of all that arrived, in ascending order.
  var numbers: [Int] { (rows.map(\.origin.number) + failures.map(\.origin.number)).sorted() }

  var sink: Sink<Row<Value>> {
    Sink("collect") { input in
      while let message = try input.next() {
        self.state.withLock { state in
          switch message {
          case .payload(let row): state.rows.append(row)
          case .failure(let failure): state.failures.append(failure)
          }
        }
      }
    }
  }
}

/// Fails a row.
struct Refusal: RowError, Equatable {
  var failureCode = "odd"
  var failureMessage = "The number is odd."
}

/// Fails the run.
struct Breakdown: Error, Equatable {
  var place: String
}
