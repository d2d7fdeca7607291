import Foundation
import ParaJSON
import ParaTestSupport

@testable import ParaScoring

/// What the reference packages computed, by the script beside it.
enum MetricGoldens {
  static func read(_ name: String) throws -> JSONValue {
    let file = Fixtures.goldens("ParaScoringTests").appending(path: "metrics.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    guard case .object(let golden) = try JSONParser.parse(text), let part = golden[name] else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return part
  }
}

extension JSONValue {
  subscript(key: String) -> JSONValue {
    if case .object(let object) = self { object[key] ?? .null } else { .null }
  }

  subscript(index: Int) -> JSONValue { list[index] }

  var list: [JSONValue] { if case .array(let elements) = self { elements } else { [] } }

  var text: String { if case .string(let text) = self { text } else { "" } }

  var texts: [String] { list.map(\.text) }

  var number: Double { doubleValue ?? .nan }

  var options: MetricOptions {
    guard case .object(let object) = self else { return [:] }
    return Dictionary(uniqueKeysWithValues: object.members.map { ($0.key, $0.value) })
  }
}

/// Whether two numbers differ by no more than the rounding of their sums.
func isClose(_ first: Double, _ second: Double) -> Bool {
  abs(first - second) <= 1e-13 * max(1, abs(second))
}
