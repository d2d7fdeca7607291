import Foundation
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaTasks

struct GroupScoreTests {
  private func group(_ aggregations: String) throws -> TaskGroup {
    let folder = try TemporaryFolder()
    let keys = "dataset_path: d, test_split: t, doc_to_text: q, doc_to_target: a"
    let file = try folder.write(
      "group: g\ntask: [{task: x, \(keys)}, {task: y, \(keys)}]\naggregate_metric_list: \(aggregations)",
      to: "g.yaml")
    guard case .group(let group) = try TaskLibrary().members(file.path)[0] else {
      throw Unexpected()
    }
    return group
  }

  private let x = ScoreKey(metric: "acc", filter: "x")
  private let none = ScoreKey(metric: "acc", filter: "none")

  @Test func weightedAndPlainMeans() throws {
    let scores = [
      "g::x": [none: TaskScore(value: 0.5, standardError: 0.5, count: 2)],
      "g::y": [
        none: TaskScore(value: 0.8, standardError: 0.2, count: 5),
        x: TaskScore(value: 1, standardError: nil, count: 5),
      ],
    ]
    // lm_eval 0.4.13: aggregate_subtask_metrics, pooled_sample_stderr, unweighted_mean_stderr.
    let weighted = try group("{metric: acc}").means(of: scores)
    #expect(weighted.map(\.key) == [none, x])
    #expect(weighted[0].score.value == 0.7142857142857143)
    #expect(weighted[0].score.standardError == 0.19272482233188634)
    #expect(weighted[0].score.count == 7)
    #expect(weighted[1].missing == ["g::x"])
    #expect(weighted[1].score == TaskScore(value: 1, standardError: nil, count: 5))
    let plain = try group("[{metric: acc, filter_list: none, weight_by_size: false}]")
      .means(of: scores)
    #expect(plain.map(\.key) == [none])
    #expect(plain[0].score.value == 0.65)
    #expect(plain[0].score.standardError == 0.26925824035672524)
    #expect(try group("{metric: f1}").means(of: scores).isEmpty)
  }

  /// The group mmlu with five subjects, as lm_eval 0.4.13 scores it.
  @Test(.enabled(if: SharedData.isPresent, "needs ../shared, which is not beside this checkout"))
  func mmlu() throws {
    let runs = SharedRun.all.filter { $0.description.hasPrefix("mmlu__5shot__group") }
    var scores: [String: [ScoreKey: TaskScore]] = [:]
    for run in runs {
      guard case .string(let name)? = run.fields["task"],
        case .object(let metrics)? = run.fields["metrics"], let value = metrics["acc,none"]
      else { throw Unexpected() }
      scores[name] = [
        none: TaskScore(
          value: value.doubleValue ?? .nan,
          standardError: metrics["acc_stderr,none"]?.doubleValue,
          count: try run.list("rendered").count)
      ]
    }
    let file = SharedRun.folder.appending(path: "expected/mmlu__5shot__group.json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let golden = try decoder.decode(Golden.self, from: Data(contentsOf: file))
    let path = SharedRun.folder.appending(path: golden.yaml).path
    let groups = try TaskLibrary().members(path).flatMap(\.groups)
    #expect(Set(groups.map(\.name)) == Set(golden.groups.keys))
    for group in groups {
      let mean = try #require(group.means(of: scores).first)
      let expected = try #require(golden.groups[group.name])
      #expect(mean.score.value == expected["acc,none"]?.number, "\(group.name)")
      #expect(mean.score.standardError == expected["acc_stderr,none"]?.number, "\(group.name)")
      #expect(group.members.map(\.name) == golden.groupSubtasks[group.name], "\(group.name)")
    }
  }

  private struct Golden: Decodable {
    struct Score: Decodable {
      var number: Double?
      init(from decoder: any Decoder) throws {
        number = try? decoder.singleValueContainer().decode(Double.self)
      }
    }

    var yaml: String
    var groups: [String: [String: Score]]
    var groupSubtasks: [String: [String]]
  }
}
