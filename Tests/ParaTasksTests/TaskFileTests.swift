import Foundation
import ParaJSON
import ParaTestSupport
import Testing

@testable import ParaTasks

/// Task files as users write them.
struct TaskFileTests {
  @Test func aTaskOfTheHarness() throws {
    let task = try task(
      """
      output_type: generate_until
      metric_list:
        - metric: exact_match
          aggregation: mean
          higher_is_better: true
          ignore_case: yes
          regexes_to_ignore: [",", "\\\\$", "(?s).*#### "]
      generation_kwargs: {until: ["\\n\\n", "Problem:"], do_sample: false, temperature: 0.0}
      filter_list: [{name: strict, filter: [{function: regex, regex_pattern: "#### (.*)"}, {function: take_first}]}]
      repeats: 2
      num_fewshot: 0
      metadata: {version: 1.0}
      tag: [math, school]
      """)
    #expect(task.version == "1.0")
    #expect(task.tags == ["math", "school"])
    #expect(task.repeats == 2)
    #expect(task.fewShot.count(asked: 5) == 0)
    #expect(task.generation?.until == ["\n\n", "Problem:"])
    #expect(task.metrics.map(\.name) == ["exact_match"])
    #expect(task.metrics[0].options["ignore_case"] == true)
    #expect(task.metrics[0].options["regexes_to_ignore"] == .array([",", "\\$", "(?s).*#### "]))
    #expect(task.metrics[0].options.count == 2)
    #expect(task.filters.map(\.name) == ["strict"])
    #expect(task.filters[0].steps[0].options == ["regex_pattern": "#### (.*)"])
  }

  @Test func defaults() throws {
    let file = try task("")
    #expect(file.generation?.until == ["\n\n"])
    #expect(file.metrics.map(\.name) == ["exact_match"])
    #expect(file.filters.map(\.name) == ["none"])
    #expect(file.fewShot.count(asked: nil) == 0)
    #expect(file.fewShot.count(asked: 3) == 3)
    let job = try task(
      "doc_to_choice: [a, b]\nchat_format: chatml", style: .job(others: ["chat_format"]))
    #expect(job.outputType == .multipleChoice)
    #expect(job.metrics.isEmpty && job.generation == nil)
    #expect(try task("metric_list: [f1]", style: .job(others: [])).metrics.map(\.name) == ["f1"])
  }

  @Test(arguments: [
    ("doc_to_txet: x", "t.yaml:6: a task has no key 'doc_to_txet'. Did you mean 'doc_to_text'?"),
    (
      "output_type: multiple_choise\ndoc_to_choice: [a]",
      """
      t.yaml:6: 'output_type' must be one of generate_until, multiple_choice, loglikelihood, \
      loglikelihood_rolling, not 'multiple_choise'. Did you mean 'multiple_choice'?
      """
    ),
    (
      "output_type: multiple_choice", "t.yaml:1: output_type multiple_choice needs 'doc_to_choice'."
    ),
    ("num_fewshot: -1", "t.yaml:6: 'num_fewshot' must be at least 0, not -1."),
    ("num_fewshot: many", "t.yaml:6: 'num_fewshot' must be a whole number, not 'many'."),
    (
      "description: '{{ q'",
      """
      t.yaml:6: 'description' is not a Jinja template: line 1, column 1: the tag is not closed by \
      '}}'.
      """
    ),
    (
      "use_prompt: promptsource:x",
      """
      t.yaml:6: 'use_prompt' means a prompt of the promptsource package; write its template into \
      'doc_to_text'.
      """
    ),
    (
      "filter_list: []",
      "t.yaml:6: 'filter_list' must not be empty: without filters nothing is scored."
    ),
    (
      "target_delimiter:", "t.yaml:6: 'target_delimiter' must be text, not empty."
    ),
    (
      "unsafe_code: true",
      "t.yaml:6: 'unsafe_code' means running the code that a model writes, which is not done here."
    ),
    (
      "fewshot_config: {sampler: balanced}",
      "t.yaml:6: 'fewshot_config.sampler' must be one of default, first_n, not 'balanced'."
    ),
    (
      "fewshot_config: {smaples: []}",
      "t.yaml:6: 'fewshot_config' has no key 'smaples'. Did you mean 'samples'?"
    ),
    ("metric_list: [{name: acc}]", "t.yaml:6: 'metric_list[0]' needs the key 'metric'."),
    ("metric_list: [{metric: acc}, {metric: acc}]", "t.yaml:6: 'metric_list[1]' repeats 'acc'."),
    (
      "filter_list: [{name: x}]",
      "t.yaml:6: 'filter_list[0]' needs the keys 'name' and 'filter'."
    ),
    (
      "doc_to_target: 0.5",
      "t.yaml:5: 'doc_to_target' must be a field, a template, the number of a choice or a list, not '0.5'."
    ),
    ("test_split: null", "t.yaml:1: the task needs 'test_split' or 'validation_split'."),
    (
      "process_docs: !function utils.process_docs",
      """
      t.yaml:6: 'process_docs' is Python ('!function utils.process_docs'), which is not run here. Run the \
      task once in lm-evaluation-harness with --log_samples, and give the samples_*.jsonl that it writes as \
      an input with 'format: lm-eval-samples'.
      """
    ),
    ("a: [", "t.yaml:7: not YAML: did not find expected node content."),
  ])
  func refusals(text: String, message: String) {
    expect(throws: message) { try task(text) }
  }

  @Test func choicesAreAsTheyAreWritten() throws {
    let task = try task("output_type: multiple_choice\ndoc_to_choice: [no, yes, 1.50]")
    #expect(try task.row(["q": "Is it?", "a": 1]).choices == ["no", "yes", "1.50"])
  }

  @Test func aliasesMayNotGrowWithoutEnd() {
    let levels = (1..<9).map { level in
      "l\(level): &l\(level) ["
        + Array(repeating: "*l\(level - 1)", count: 9).joined(separator: ", ")
        + "]"
    }
    let text = (["l0: &l0 [x]"] + levels).joined(separator: "\n")
    expect(throws: "bomb.yaml:1: there are more than 200,000 values.") {
      try YAMLNode(parsing: text, file: "bomb.yaml")
    }
  }

  @Test func theLastOfEqualKeysCounts() throws {
    let text = "a: 1\n'a': 2\nb: {x: 1, x: 2}\na: 3"
    let node = try YAMLNode(parsing: text, file: "t.yaml")
    #expect(try node.json().description == #"{"b": {"x": 2}, "a": 3}"#)
  }

  @Test func allErrorsAreTold() {
    let errors = #expect(throws: TaskErrors.self) {
      try task(
        "num_fewshot: x\nrepeats: 0\ndoc_to_choice: !function a.b\nmetric_list: [{metric: acc, x: !function c.d}]"
      )
    }
    #expect(errors?.errors.map(\.line) == [8, 9, 6, 7])
  }

  @Test func includesAreMerged() throws {
    let folder = try TemporaryFolder()
    try write(
      folder, "base",
      "dataset_path: json\ndoc_to_text: '{{ q }}'\nrepeats: 3\ntest_split: t\ntask_list: [x]")
    try write(
      folder, "more",
      "include: base\nrepeats: 4\ndataset_kwargs: {data_files: {t: [rows.jsonl, 'https://x/y']}}")
    try write(
      folder, "sub/t.yaml", "include: [../more]\ntask: t\ndoc_to_target: a\ndoc_to_target: b")
    let path = folder.path + "/sub/t.yaml"
    guard case .task(let task) = try TaskLibrary().members(path)[0] else { return }
    #expect(task.repeats == 4)
    #expect(task.data.files == ["t": [folder.path + "/sub/../rows.jsonl"]])
    #expect(try task.row(["q": "?", "b": "B"]).gold == .texts(["B"]))
    try write(folder, "loop.yaml", "include: sub/loop.yaml")
    try write(folder, "sub/loop.yaml", "include: ../loop.yaml")
    #expect(throws: TaskErrors.self) { try TaskLibrary().members(folder.path + "/loop.yaml") }
    try write(folder, "lost.yaml", "task: lost\ninclude: nowhere")
    expect(
      throws:
        "\(folder.path)/lost.yaml:2: 'include' names \(folder.path)/nowhere, which is not there."
    ) {
      try TaskLibrary().members(folder.path + "/lost.yaml")
    }
  }

  @Test func groupsAndTags() throws {
    let folder = try TemporaryFolder()
    let keys = "dataset_path: d\ntest_split: t\ndoc_to_text: q\ndoc_to_target: a\n"
    for name in ["b", "a", "c"] {
      try write(folder, "\(name).yaml", keys + "task: \(name)\n" + (name == "c" ? "" : "tag: ab"))
    }
    try write(
      folder, "all.yaml",
      """
      group: all
      group_alias: All
      num_fewshot: 2
      task:
        - ab
        - {task: c, repeats: 7, task_alias: see}
        - group: inner
          task: [{task: own, dataset_path: d, test_split: t, doc_to_text: q, doc_to_target: a}]
          aggregate_metric_list: {metric: acc, weight_by_size: false}
      aggregate_metric_list: [{metric: acc, filter_list: none}]
      metadata: {version: 2}
      """)
    let library = TaskLibrary(folders: [folder.path])
    guard case .group(let group) = try library.members("all")[0] else { return }
    #expect(group.tasks.map(\.name) == ["a", "b", "c", "all::inner::own"])
    #expect(group.tasks.map(\.repeats) == [1, 1, 7, 1])
    #expect(group.tasks.map(\.fewShot.count) == [2, 2, 2, 2])
    #expect(group.members.map(\.name) == ["a", "b", "c", "all::inner"])
    #expect(
      group.aggregations == [.init(metric: "acc", filters: ["none"], isWeightedBySize: true)])
    #expect(group.alias == "All" && group.version == "2")
    #expect(try library.members("ab").map(\.name) == ["a", "b"])
    #expect(try library.members(folder.path).map(\.name) == ["all"])
    expect(
      throws:
        "al: there is no such file or folder, and no task, group or tag of that name. Did you mean 'a'?"
    ) {
      try library.members("al")
    }
    try write(folder, "bad.yaml", "group: bad\ntask: [a, cc]")
    expect(
      throws: "\(folder.path)/bad.yaml:2: there is no task, group or tag 'cc'. Did you mean 'c'?"
    ) {
      try TaskLibrary(folders: [folder.path]).members("bad")
    }
    let checks = TaskLibrary().checks(folder.path)
    #expect(checks.map(\.kind) == [.task, .group, .task, .group, .task])
    #expect(checks.map(\.errors.isEmpty) == [true, true, true, false, true])
  }

  private func write(_ folder: TemporaryFolder, _ path: String, _ text: String) throws {
    _ = try folder.write(text, to: path)
  }
}
