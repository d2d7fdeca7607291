import ParaPrompts
import ParaTasks
import Testing

@testable import ParaJobs

/// The kinds of tasks that a job file can describe.
@Suite struct JobTaskTests {
  private func task(_ keys: String) throws -> Job.Task {
    let job = try Job(
      parsing: """
        model: m
        tasks: {t: {\(keys)}}
        inputs: [{path: p, task: t}]
        output: o
        """, path: "job.yaml")
    return try #require(job.tasks.first)
  }

  private func refusal(_ keys: String) -> String? {
    #expect(throws: JobError.self) { try task(keys) }?.description
  }

  @Test func chats() throws {
    #expect(try task("chat_format: llama-3").chat == Job.Chat(format: .llama3))
    #expect(
      try task("chat_format: chatml, doc_to_messages: body.messages").chat
        == Job.Chat(format: .chatML, field: "body.messages"))
    #expect(
      refusal("chat_format: alpaca")
        == "job.yaml:2: 'tasks.t.chat_format' must be one of llama-2, llama-3, gemma, chatml.")
    #expect(
      refusal("chat_format: gemma, doc_to_text: x")
        == "job.yaml:2: 'tasks.t.doc_to_text' cannot be combined with 'chat_format'; keep one.")
    #expect(try task("doc_to_messages: m").chat == Job.Chat(field: "m"))
    #expect(
      refusal("doc_to_messages: m, doc_to_text: x")
        == "job.yaml:2: 'tasks.t.doc_to_text' cannot be combined with 'doc_to_messages'; keep one.")
    #expect(
      refusal("doc_to_target: x")
        == "job.yaml:2: 'tasks.t' needs the key 'doc_to_text', or 'doc_to_messages' for rows that are "
        + "conversations.")
  }

  @Test func metricsBehindFilters() throws {
    let scorer = try task(
      """
      doc_to_text: x, doc_to_target: y, \
      metric_list: [f1, {metric: exact_match, ignore_case: true, ignore_numbers: false}], \
      filter_list: [{name: first, filter: [{function: take_first}]}]
      """
    ).scorer
    #expect(scorer.entries.map(\.key.description) == ["f1,first", "exact_match,first"])
  }

  /// What is known and not done is refused, not passed over.
  @Test func whatIsNotSupportedIsRefused() {
    #expect(
      refusal("doc_to_text: x, doc_to_target: y, output_type: loglikelihood")
        == "job.yaml:2: output_type loglikelihood is not supported.")
    #expect(
      refusal(
        "doc_to_text: x, doc_to_target: y, doc_to_choice: [a], metric_list: [acc_mutual_info]")
        == "job.yaml:2: the metric acc_mutual_info is not supported.")
    #expect(
      refusal("doc_to_text: x, doc_to_choice: [a], repeats: 2")
        == "job.yaml:2: 'repeats' has no effect on choices, whose probabilities are always the same."
    )
  }

  @Test func choices() throws {
    #expect(try task("doc_to_text: x").definition.outputType == .generate)
    #expect(
      try task("doc_to_text: x, doc_to_choice: [a, b]").definition.outputType == .multipleChoice)
    #expect(
      refusal("doc_to_text: x, output_type: multiple_choice")
        == "job.yaml:2: 'tasks.t': output_type multiple_choice needs 'doc_to_choice'.")
    #expect(
      refusal("doc_to_text: x, output_type: guess")
        == "job.yaml:2: 'tasks.t.output_type' must be one of generate_until, multiple_choice, loglikelihood, "
        + "loglikelihood_rolling, not 'guess'.")
  }
}
