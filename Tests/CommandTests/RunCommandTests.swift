import Foundation
import ParaTestSupport
import Testing

/// `para run` as a user meets it: exit codes, files, messages.
@Suite struct RunCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// A job over rows that are written into the folder; keys given replace the usual ones.
  private func job(rows: String, adapter: String = "none", extra: String = "") throws -> String {
    _ = try folder.write(rows, to: "rows.jsonl")
    return try folder.write(
      """
      model: \(Fixtures.model.path)
      adapters:
        math-para: \(Fixtures.adapter("math-para").path)
      tasks:
        math:
          doc_to_text: "Problem:\\n{{ question }}\\nAnswer:"
          doc_to_target: answer
          metric_list: [{metric: acc}]
      inputs:
        - {path: rows.jsonl, task: math, adapter: \(adapter), id: id}
      generation: {num_beams: 3, max_new_tokens: 4}
      output: results
      \(extra)
      """, to: "job.yaml"
    ).path
  }

  private func lines(_ name: String) throws -> [[String: Any]] {
    try String(contentsOf: folder.url.appending(path: "results/\(name)"), encoding: .utf8)
      .split(separator: "\n").map {
        try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
      }
  }

  private static let twoRows = """
    {"id": "a", "question": "Tom has 3 apples and buys 4 more. How many apples has Tom?", "answer": "7"}
    {"id": "b", "question": "Ann has 9 pens and loses 2. How many pens has Ann?", "answer": 7}

    """

  @Test func answersEveryRowInOrder() throws {
    let run = try ParaProcess(["run", try job(rows: Self.twoRows, adapter: "math-para")])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("math  math-para  acc"))
    let predictions = try lines("predictions.jsonl")
    #expect(predictions.map { $0["id"] as? String } == ["a", "b"])
    #expect(predictions.map { $0["row"] as? Int } == [0, 1])
    #expect(predictions.allSatisfy { $0["adapter"] as? String == "math-para" })
    #expect(predictions.allSatisfy { ($0["adapter_sha256"] as? String)?.count == 64 })
    #expect(try lines("errors.jsonl").isEmpty)
    for name in ["scores.json", "run.json"] {
      let data = try Data(contentsOf: folder.url.appending(path: "results/\(name)"))
      #expect(try JSONSerialization.jsonObject(with: data) is [String: Any])
    }
    #expect(
      !FileManager.default.fileExists(atPath: folder.url.appending(path: "results/ledger").path))
  }

  /// Everything that there is to know of a hypothesis, and what its score means.
  @Test func everyHypothesisIsWhole() throws {
    let file = try job(rows: Self.twoRows, adapter: "math-para")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try text.replacing(
      "{num_beams: 3, max_new_tokens: 4}",
      with: "{num_beams: 3, num_return_sequences: 3, length_penalty: 0.5, max_new_tokens: 4}"
    ).write(toFile: file, atomically: true, encoding: .utf8)
    let run = try ParaProcess(["run", file])
    #expect(run.exitCode == 0, "\(run.errors)")
    for prediction in try lines("predictions.jsonl") {
      let hypotheses = try #require(prediction["hypotheses"] as? [[String: Any]])
      #expect(hypotheses.count == 3)
      for hypothesis in hypotheses {
        let tokens = try #require(hypothesis["tokens"] as? [Int])
        let length = try #require(hypothesis["generated_length"] as? Int)
        let sum = try #require(hypothesis["sum_log_probability"] as? Double)
        let score = try #require(hypothesis["score"] as? Double)
        let reason = try #require(hypothesis["stop_reason"] as? String)
        #expect(hypothesis["text"] is String)
        #expect(tokens.count == length && (1...4).contains(length))
        #expect(abs(score - sum / Double(length).squareRoot()) <= 1e-5 * abs(score))
        // The embedded model's end-of-sequence token is 1.
        #expect(reason == (tokens.last == 1 ? "eos" : "length"))
      }
      let scores = hypotheses.compactMap { $0["score"] as? Double }
      #expect(scores == scores.sorted(by: >))
      #expect(prediction["text"] as? String == hypotheses[0]["text"] as? String)
    }
    let document = try #require(
      try JSONSerialization.jsonObject(
        with: Data(contentsOf: folder.url.appending(path: "results/run.json"))) as? [String: Any])
    #expect(
      document["scoreDefinition"] as? String
        == """
        score = sum_log_probability / generated_length ^ length_penalty; the generated length counts the end-of-sequence \
        token, the prompt does not count. Choices are ranked by sum_log_probability. Metrics compare the answer without the \
        white space around it.
        """)
    let inputs = try #require(document["inputs"] as? [[String: Any]])
    #expect((inputs[0]["generation"] as? [String: Any])?["lengthPenalty"] as? Double == 0.5)
  }

  @Test func badRowsGoToTheErrorFileAndTheOthersOn() throws {
    let long = String(repeating: "apples and pears ", count: 400)
    let rows = """
      {"question": "Tom has 3 apples and buys 4 more. How many?", "answer": "7", "adapter": "math-para"}
      {"question": "broken"
      {"problem": "no such field", "answer": "7", "adapter": "none"}
      {"question": "Who asks?", "answer": "7", "adapter": "nobody"}
      {"question": "\(long)", "answer": "7", "adapter": "none"}
      {"question": "No answer to compare with.", "answer": {}, "adapter": "none"}
      {"question": "Ann has 9 pens and loses 2. How many?", "answer": "7", "adapter": "none"}

      """
    let file = try job(rows: rows)
    let text = try String(contentsOfFile: file, encoding: .utf8)
    try text.replacing("adapter: none,", with: "adapter_field: adapter,")
      .write(toFile: file, atomically: true, encoding: .utf8)
    let run = try ParaProcess(["run", file])
    #expect(run.exitCode == 3, "\(run.errors)")
    #expect(run.errors.contains("5 rows failed"))
    #expect(try lines("predictions.jsonl").map { $0["row"] as? Int } == [0, 6])
    let errors = try lines("errors.jsonl")
    #expect(errors.map { $0["row"] as? Int } == [1, 2, 3, 4, 5])
    #expect(
      errors.map { $0["code"] as? String } == [
        "invalidJSON", "field_missing", "adapter_unknown", "prompt_too_long", "target_invalid",
      ])
    #expect(errors.map { $0["location"] as? String } == (2...6).map { "line \($0)" })
    #expect(
      errors.map { $0["stage"] as? String } == [
        "ingest", "tokenize", "tokenize", "tokenize", "tokenize",
      ])
    #expect(
      errors[1]["message"] as? String
        == "The template failed on this row: line 2, column 1: 'question' is undefined. "
        + "It has problem, answer, adapter.")
  }

  /// One of another shape, and one that says that it was made for other weights.
  @Test func adaptersOfOtherModelsAreRefusedAndNamed() throws {
    let stranger = Fixtures.goldens("ParaAdaptersTests").appending(path: "adapters/lora-rslora")
      .path
    let own = Fixtures.adapter("math-para")
    let configuration = try JSONSerialization.jsonObject(
      with: Data(contentsOf: own.appending(path: "adapter_config.json")))
    var keys = try #require(configuration as? [String: Any])
    keys["base_model_sha256"] = String(repeating: "0", count: 64)
    _ = try folder.write(
      try JSONSerialization.data(withJSONObject: keys), to: "other/adapter_config.json")
    _ = try folder.write(
      Data(contentsOf: own.appending(path: "adapter_model.safetensors")),
      to: "other/adapter_model.safetensors")
    let file = try job(rows: Self.twoRows, adapter: "none")
    let text = try String(contentsOfFile: file, encoding: .utf8)
      .replacing("adapters:", with: "adapters:\n  shape: \(stranger)\n  hash: other")
    // What an input names for all rows is checked before the first of them.
    try text.replacing("adapter: none,", with: "adapters: [none, shape],")
      .write(toFile: file, atomically: true, encoding: .utf8)
    for command in ["plan", "run"] {
      let refused = try ParaProcess([command, file])
      #expect(refused.exitCode == 1)
      #expect(refused.errors.contains(" has shape [") && refused.errors.contains("], expected ["))
    }
    try text.replacing("adapter: none,", with: "adapters: [none, hash],")
      .write(toFile: file, atomically: true, encoding: .utf8)
    let run = try ParaProcess(["run", file])
    #expect(run.exitCode == 3, "\(run.errors)")
    #expect(try lines("predictions.jsonl").map { $0["row"] as? Int } == [0, 2])
    let errors = try lines("errors.jsonl")
    #expect(errors.map { $0["row"] as? Int } == [1, 3])
    #expect(errors.allSatisfy { $0["code"] as? String == "adapter_unusable" })
    let messages = errors.compactMap { $0["message"] as? String }
    #expect(messages[0].contains("was made for the base model with base_model_sha256 000"))
  }

  @Test func resultsAreNotOverwrittenUnasked() throws {
    let file = try job(rows: Self.twoRows)
    #expect(try ParaProcess(["run", file]).exitCode == 0)
    let first = try lines("predictions.jsonl").map { $0["text"] as? String }
    let second = try ParaProcess(["run", file])
    #expect(second.exitCode == 1)
    #expect(second.errors.contains("--overwrite"))
    #expect(try ParaProcess(["run", file, "--overwrite"]).exitCode == 0)
    #expect(try lines("predictions.jsonl").map { $0["text"] as? String } == first)
  }

  @Test func badJobsAreUsageErrors() throws {
    let missing = try ParaProcess(["run", folder.url.appending(path: "nowhere.yaml").path])
    #expect(missing.exitCode == 2)
    #expect(missing.errors.contains("cannot be read: No such file or directory"))
    let unknown = try ParaProcess(["run", try job(rows: "", extra: "outptu: x")])
    #expect(unknown.exitCode == 2)
    #expect(unknown.errors.contains("outptu") && unknown.errors.contains("output"))
    let template = try job(rows: "")
    try String(contentsOfFile: template, encoding: .utf8).replacing(
      "{{ question }}", with: "{% if %}"
    )
    .write(toFile: template, atomically: true, encoding: .utf8)
    let broken = try ParaProcess(["run", template])
    #expect(broken.exitCode == 2, "\(broken.errors)")
    #expect(
      broken.errors.contains("'tasks.math.doc_to_text' is not a Jinja template: line 2, column 7"))
    #expect(try ParaProcess(["run"]).exitCode == 2)
    #expect(try ParaProcess(["no-such-command"]).exitCode == 2)
  }

  @Test func aMissingModelIsNamed() throws {
    let file = try job(rows: Self.twoRows)
    try String(contentsOfFile: file, encoding: .utf8).replacing(
      Fixtures.model.path, with: "no/model"
    )
    .write(toFile: file, atomically: true, encoding: .utf8)
    let run = try ParaProcess(["run", file])
    #expect(run.exitCode == 2)
    #expect(run.errors.contains("the model is said to be at \(folder.url.path)/no/model"))
  }
}
