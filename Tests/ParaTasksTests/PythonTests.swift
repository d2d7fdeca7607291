import Foundation
import ParaJSON
import ParaJinja
import ParaTestSupport
import Testing

@testable import ParaTasks

/// Against Python 3.11 and lm_eval 0.4.13 (Goldens/python.py).
struct PythonTests {
  struct Golden: Decodable {
    struct Seeded: Decodable {
      struct Draw: Decodable {
        var count: Int
        var population: Int
        var indices: [Int]
      }

      var seed: Int
      var drawn: [Draw]
    }

    struct Literal: Decodable {
      var text: String
      /// Python's `repr` of the value; nil where there is none.
      var value: String?
    }

    struct FewShot: Decodable {
      struct Row: Decodable {
        var i: Int64
        var q: String

        var fields: JSONObject { ["i": .integer(i), "q": .string(q)] }
      }

      var seed: Int
      var count: Int
      var rows: [Row]
      var first: Bool
      var leavesOut: Bool
      var drawn: [[Int]?]
    }

    var samples: [Seeded]
    var literals: [Literal]
    var fewshot: [FewShot]

    static let python = Result {
      let file = Fixtures.goldens("ParaTasksTests").appending(path: "python.json")
      return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    }
  }

  @Test func samplesAreThoseOfRandom() throws {
    for golden in try Golden.python.get().samples {
      var generator = MersenneTwister(seed: golden.seed)
      for draw in golden.drawn {
        #expect(
          generator.sample(draw.count, of: draw.population) == draw.indices,
          "seed \(golden.seed), \(draw.count) of \(draw.population)")
      }
    }
  }

  @Test func literalsAreThoseOfLiteralEval() throws {
    let template = try JinjaTemplate("{{ [value] }}", .task)
    for golden in try Golden.python.get().literals {
      let value = try? PythonLiteral.value(of: golden.text)
      let found = try value.map { try template.render(["value": $0]) }
      #expect(found == golden.value.map { "[\($0)]" }, "\(golden.text.debugDescription)")
    }
  }

  @Test func examplesAreThoseOfTheHarness() throws {
    for golden in try Golden.python.get().fewshot {
      let settings = try fewShot(golden.first ? .first : .random, leavesOut: golden.leavesOut)
      var sampler = FewShotSampler(
        settings, count: golden.count, pool: golden.rows.map(\.fields), seed: golden.seed)
      let drawn = golden.rows.map { try? sampler.examples(for: $0.fields) }
      #expect(drawn == golden.drawn, "\(golden)")
    }
  }

  private func fewShot(
    _ sampler: FewShotSettings.Sampler, leavesOut: Bool
  ) throws -> FewShotSettings {
    let task = try task(
      "fewshot_split: \(leavesOut ? "test" : "train")\nfewshot_config: {sampler: \(sampler.rawValue)}"
    )
    #expect(task.fewShot.leavesOutEvaluated == leavesOut)
    return task.fewShot
  }

  @Test func rowsAreEqualAsInPython() {
    let row: JSONObject = ["a": 1, "b": .array([.double(2), .bool(true)])]
    #expect(row.equalsInPython(["b": .array([.integer(2), .integer(1)]), "a": .double(1)]))
    #expect(!row.equalsInPython(["a": 1, "b": .array([.integer(2), .integer(0)])]))
    #expect(!row.equalsInPython(["a": 1]))
    #expect(!row.equalsInPython(["a": "1", "b": .array([.integer(2), .integer(1)])]))
  }
}

/// A task file with the keys that each needs and others on top.
func task(_ more: String, style: TaskStyle = .file) throws -> TaskDefinition {
  let keys = more.split(separator: "\n").compactMap { $0.split(separator: ":").first }
  let needed = [
    ("task", "t"), ("dataset_path", "hub/data"), ("test_split", "test"),
    ("doc_to_text", "'{{ q }}'"), ("doc_to_target", "a"),
  ]
  let text = needed.filter { key, _ in !keys.contains { $0 == key } }
    .map { "\($0): \($1)\n" }.joined()
  return try TaskDefinition(TaskKeys(YAMLNode(parsing: text + more, file: "t.yaml")), style: style)
}
