import Foundation
import ParaEngine
import ParaJSON
import ParaJobs
import ParaPipeline
import ParaTestSupport
import Testing

/// The README's program, over a job of a few rows.
@Suite struct LibraryTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func job(
    inputs: String, generation: String = "{num_beams: 2, max_new_tokens: 8}"
  ) throws -> Job {
    try Job(
      parsing: """
        model: \(Fixtures.model.path)
        adapters:
          squad-para: \(Fixtures.adapter("squad-para").path)
          squad-lora: \(Fixtures.adapter("squad-lora").path)
        tasks:
          squad:
            doc_to_text: "Context:\\n{{ context }}\\nQuestion:\\n{{ question }}\\nAnswer:"
            doc_to_target: answers
            metric_list: [{metric: f1}]
        inputs: \(inputs)
        generation: \(generation)
        output: \(folder.url.path)/results
        """, path: folder.url.appending(path: "job.yaml").path)
  }

  /// Runs the job's stages and returns the lines of both result files.
  fileprivate func run(
    _ job: Job, workers: Int, batchTokens: Int = 500, lanes: Int = 16
  ) throws -> (predictions: String, errors: String) {
    let model = try LanguageModel(job)
    let engine = Engine(
      model.decoder,
      options: EngineOptions(workers: workers, threadsPerWorker: 1, maximumLanes: lanes))
    let results = try ResultWriter(folder: job.output, overwrite: true)
    try ingest(job)
      .then(tokenize(job, with: model))
      .then(groupByAdapter(tokens: batchTokens, workers: engine.options.workers))
      .then(prefill(with: engine))
      .then(decode(with: engine, model.tokenizer))
      .then(score(job.tasks))
      .run(into: write(to: results))
    func lines(_ name: String) throws -> String {
      try String(contentsOf: folder.url.appending(path: "results/\(name)"), encoding: .utf8)
    }
    return (try lines("predictions.jsonl"), try lines("errors.jsonl"))
  }

  /// Each line's row number, adapter and text.
  private func texts(_ predictions: String) throws -> [[String]] {
    try predictions.split(separator: "\n").map { line in
      let fields = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      return ["row", "adapter", "text"].map { "\(fields[$0] ?? "")" }
    }
  }

  @Test func theReadmesProgramAnswersEveryRowWithEveryAdapter() throws {
    let input = Fixtures.folder.appending(path: "data/squad.jsonl").path
    let job = try job(
      inputs: "[{path: \(input), task: squad, adapters: [none, squad-para, squad-lora], limit: 12}]"
    )
    let one = try run(job, workers: 1)
    #expect(one.predictions.split(separator: "\n").count == 36)
    #expect(one.errors.isEmpty)
    // The number of workers does not matter.
    #expect(try texts(run(job, workers: 2).predictions) == texts(one.predictions))
  }

  /// Sampling is seeded by the job and the row, so batches, workers and other rows do not matter.
  @Test func aRowSamplesTheSameInAnyBatch() throws {
    let input = Fixtures.folder.appending(path: "data/squad.jsonl").path
    func job(_ seed: Int, limit: Int = 10) throws -> Job {
      try self.job(
        inputs: "[{path: \(input), task: squad, adapters: [none, squad-para], limit: \(limit)}]",
        generation: """
          {do_sample: true, temperature: 1.5, top_k: 40, top_p: 0.98, min_p: 0.001, seed: \(seed), max_new_tokens: 8}
          """)
    }
    let one = try texts(run(job(3), workers: 1).predictions)
    #expect(one.count == 20 && Set(one.map { $0[2] }).count > 10)
    #expect(try texts(run(job(3), workers: 2, batchTokens: 4000, lanes: 3).predictions) == one)
    #expect(
      try texts(run(job(3, limit: 4), workers: 1, batchTokens: 1).predictions) == Array(one[..<8]))
    #expect(try texts(run(job(4), workers: 1).predictions) != one)
  }

  @Test func anArchiveThatEndsTooEarlyIsOneFailedRow() throws {
    let whole = try Data(contentsOf: Fixtures.folder.appending(path: "data/boolq.tar.gz"))
    let cut = try folder.write(whole.prefix(whole.count / 2), to: "cut.tar.gz")
    let rows = try folder.write(
      "{\"context\": \"a\", \"question\": \"b\", \"answers\": [\"c\"]}\n", to: "rows.jsonl")
    let job = try job(
      inputs:
        "[{path: \(cut.path), task: squad, adapter: none}, {path: \(rows.path), task: squad, adapter: none}]"
    )
    let found = try run(job, workers: 1)
    #expect(found.predictions.split(separator: "\n").count == 1)
    #expect(found.errors.split(separator: "\n").last?.contains("\"stage\":\"ingest\"") == true)
  }
}

/// Tasks that choose instead of generating.
extension LibraryTests {
  @Test func multipleChoiceAnswersWithTheMostProbable() throws {
    let input = Fixtures.folder.appending(path: "data/dev/boolq.jsonl").path
    let job = try Job(
      parsing: """
        model: \(Fixtures.model.path)
        adapters: {boolq-para: \(Fixtures.adapter("boolq-para").path)}
        tasks:
          boolq:
            output_type: multiple_choice
            doc_to_text: "Reference document:\\n{{ passage }}\\nQuestion:\\n{{ question }}\\nAnswer:"
            doc_to_choice: ["no", "yes"]
            doc_to_target: "{% if answer %}yes{% else %}no{% endif %}"
            metric_list: [acc]
        inputs: [{path: \(input), task: boolq, adapter: boolq-para, limit: 10}]
        output: \(folder.url.path)/results
        """, path: "job.yaml")
    let found = try run(job, workers: 1).predictions.split(separator: "\n")
    #expect(found.count == 10)
    for line in found {
      let fields = try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      let hypotheses = try #require(fields["hypotheses"] as? [[String: Any]])
      let sums = hypotheses.compactMap { $0["sum_log_probability"] as? Double }
      #expect(sums.count == 2 && sums[0] >= sums[1])
      #expect(Set(hypotheses.compactMap { $0["text"] as? String }) == ["yes", "no"])
      #expect(fields["text"] as? String == hypotheses[0]["text"] as? String)
    }
  }
}
