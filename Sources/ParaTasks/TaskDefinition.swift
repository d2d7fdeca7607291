package import ParaJSON

/// A task as lm-evaluation-harness's YAML describes it, with its defaults filled in and its templates parsed.
///
/// The harness's meaning is that of release 0.4.13. What it would score wrongly in silence, or would stop at
/// with a Python error, is refused when the task is read, or is that row's error.
package struct TaskDefinition: Sendable {
  package enum OutputType: String, CaseIterable, Sendable {
    case generate = "generate_until"
    case multipleChoice = "multiple_choice"
    case logLikelihood = "loglikelihood"
    case rollingLogLikelihood = "loglikelihood_rolling"
  }

  package let name: String
  /// What tables show in place of the name.
  package let alias: String?
  package let tags: [String]
  /// `metadata.version` as it is written.
  package let version: String?
  /// Where the task stands.
  package let node: YAMLNode
  package let outputType: OutputType
  package let data: TaskData
  /// How rows are rendered.
  package let format: TaskFormat
  /// `description`: what a prompt begins with.
  package let description: FieldTemplate?
  package let fewShot: FewShotSettings
  /// Nil for a task that generates nothing, and for one of a job file that leaves it to the job.
  package let generation: TaskGeneration?
  /// Empty: rows are answered and not scored.
  package let metrics: [MetricEntry]
  package let filters: [FilterPipeline]
  /// How often each request is made.
  package let repeats: Int
}

/// Which rows a task is about. Rows of a hub's data set must be given as files of the same columns.
package struct TaskData: Sendable {
  /// `dataset_path`: a loader's name (`json`, `csv`) or a hub's path.
  package let path: String?
  /// `dataset_name`: the subset.
  package let subset: String?
  /// The files of each split where `dataset_path` is `json` or `csv` and they are local; paths count from
  /// the folder of the task file.
  package let files: [String: [String]]
  /// The member of a JSON file that holds the rows.
  package let rowsField: String?
  package let training: String?
  package let validation: String?
  package let test: String?

  /// The split that is evaluated; nil only for a task of a job file.
  package var evaluated: String? { test ?? validation }
}

/// How a record becomes a question with an answer.
package struct TaskFormat: Sendable {
  package enum Target: Sendable {
    case constant(JSONValue)
    case list([ListElement])
    case field(FieldTemplate)
  }

  package enum Choices: Sendable {
    case list([ListElement])
    case field(FieldTemplate)
  }

  /// `doc_to_text`; nil only for a task of a job file that has messages.
  package let text: FieldTemplate?
  package let target: Target?
  package let choices: Choices?
  package let genPrefix: FieldTemplate?
  /// Between a question and its answer.
  package let targetDelimiter: String
  /// Behind each example.
  package let fewShotDelimiter: String
  /// Whether digits that a template renders are the number of a choice.
  package let readsDigitsAsIndex: Bool
}

package struct FewShotSettings: Sendable {
  package enum Sampler: String, CaseIterable, Sendable {
    /// Drawn at random, anew for each row.
    case random = "default"
    /// The first of the pool, the same for each row.
    case first = "first_n"
  }

  package enum Pool: Sendable {
    /// The rows of a split; nil for a task of a job file that names none.
    case split(String?)
    case samples([JSONObject])
  }

  /// `num_fewshot`; nil where the file leaves it open.
  package let count: Int?
  package let sampler: Sampler
  package let pool: Pool
  /// Whether the evaluated row itself is taken from the pool: where examples come from the evaluated split.
  package let leavesOutEvaluated: Bool
  package let format: TaskFormat

  /// How many examples a prompt has. A 0 in the task file wins over what a run asks for, as in the harness.
  package func count(asked: Int?) -> Int { count == 0 ? 0 : asked ?? count ?? 0 }
}

/// How answers are generated.
package struct TaskGeneration: Sendable {
  /// `generation_kwargs` with the harness's defaults.
  package let settings: JSONObject
  /// The texts that end an answer, and are cut from it.
  package let until: [String]
  /// The keys with their lines; nil where the file has none.
  package let node: YAMLNode?
}

/// An entry of `metric_list`.
package struct MetricEntry: Sendable {
  package let name: String
  package let options: [String: JSONValue]
  package let aggregation: String?
  package let higherIsBetter: Bool?
  /// Whether the metric is meant as the `evaluate` package computes it.
  package let isOfEvaluate: Bool
  /// Nil for a metric that the output type brings.
  package let node: YAMLNode?
}

/// An entry of `filter_list`: steps that answers go through before they are scored under its name.
package struct FilterPipeline: Sendable {
  package struct Step: Sendable {
    package let function: String
    package let options: [String: JSONValue]
    package let node: YAMLNode?
  }

  package let name: String
  package let steps: [Step]

  /// What a task without `filter_list` has.
  static let none = FilterPipeline(
    name: "none", steps: [Step(function: "take_first", options: [:], node: nil)])
}
