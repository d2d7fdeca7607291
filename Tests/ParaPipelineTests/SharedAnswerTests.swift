import Foundation
import ParaDecoding
import ParaEngine
import ParaFlow
import ParaJSON
import ParaJobs
import ParaTestSupport
import Testing

@testable import ParaPipeline

/// Rows that ask the same are answered once.
@Suite struct SharedAnswerTests {
  private func prompt(_ token: TokenID, sampled: Bool = false) -> Prompt {
    var settings = GenerationSettings()
    settings.doSample = sampled
    return Prompt(
      task: "t", adapterName: nil, adapter: nil, tokens: [token], settings: settings,
      stopStrings: nil, references: [])
  }

  private func key(_ token: TokenID) throws -> AnswerKey { try #require(AnswerKey(prompt(token))) }

  @Test func anAnswerIsTakenUntilItIsDropped() throws {
    let answers = SharedAnswers(capacity: 2)
    #expect(answers.known(try key(1)) == nil)
    let first = answers.register(try key(1))
    #expect(answers.known(try key(1)) === first)
    _ = answers.register(try key(2))
    _ = answers.register(try key(3))
    #expect(answers.known(try key(1)) == nil)
    #expect(answers.known(try key(2)) != nil)
    #expect(answers.known(try key(3)) != nil)
  }

  @Test func onlySoManyRowsWaitForOne() throws {
    let answers = SharedAnswers()
    let answer = answers.register(try key(1))
    let taken = (0..<1000).map { _ in (try? key(1)).flatMap(answers.known) != nil }
    #expect(taken.count { $0 } == 256)
    answer.settle(.success([]))
    #expect(answers.known(try key(1)) === answer)
  }

  @Test func sampledRowsShareNothing() {
    #expect(AnswerKey(prompt(1, sampled: true)) == nil)
  }

  /// Two thousand rows of three questions, with and without an adapter, and one of them too long: each has the answer
  /// that it gets alone, in order, and far fewer requests ran than rows.
  @Test(arguments: [1, 3]) func aJobOfFewQuestions(workers: Int) throws {
    let folder = try TemporaryFolder()
    let rows = (0..<1000).map {
      #"{"q": "Tom has \#($0 % 3) apples and buys 4 more. How many now?"}"#
    }
    let job = try job(rows, in: folder)
    let model = try LanguageModel(job)
    let engine = Engine(
      model.decoder, options: EngineOptions(workers: workers, threadsPerWorker: 1))
    let requests = Counter()
    let results = try ResultWriter(folder: job.output, overwrite: true)
    let counting = Stage<Row<Prefilled>, Row<Prefilled>>("count") { row in
      if row.state != nil { requests.add() }
      return row
    }
    try ingest(job)
      .then(tokenize(job, with: model))
      .then(groupByAdapter(tokens: 400, workers: workers))
      .then(prefill(with: engine))
      .then(counting)
      .then(decode(with: engine, model.tokenizer))
      .then(score(job.tasks))
      .run(into: write(to: results))
    let found = try texts(folder)
    #expect(found.count == 2000 && results.counts.failed == 0)
    let alone = try aloneTexts(rows, in: folder)
    for (index, text) in found.enumerated() { #expect(text == alone[index % 6]) }
    // Each worker may compute an answer that another has not registered yet, and those too many rows wait for.
    #expect((6...200).contains(requests.count))
  }

  /// The answers of the three questions, each by both adapters.
  private func aloneTexts(_ rows: [String], in folder: TemporaryFolder) throws -> [String] {
    try (0..<3).flatMap { index in
      let job = try job([rows[index]], in: folder)
      try JobRun(job, overwrite: true).run()
      return try texts(folder)
    }
  }

  private func job(_ rows: [String], in folder: TemporaryFolder) throws -> Job {
    let file = try folder.write(rows.joined(separator: "\n"), to: "rows.jsonl")
    return try Job(
      contentsOf: folder.write(
        """
        model: \(Fixtures.model.path)
        adapters: {math-para: \(Fixtures.adapter("math-para").path)}
        tasks: {math: {doc_to_text: "Problem:\\n{{ q }}\\nAnswer:"}}
        inputs: [{path: \(file.path), task: math, adapters: [none, math-para]}]
        generation: {num_beams: 2, max_new_tokens: 8}
        output: \(folder.url.path)/results
        """, to: "job.yaml"
      ).path)
  }

  private func texts(_ folder: TemporaryFolder) throws -> [String] {
    let file = folder.url.appending(path: "results/predictions.jsonl")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      guard case .object(let fields) = try JSONParser.parse(String(line)),
        case .string(let text)? = fields["text"]
      else { return "no text in \(line)" }
      return text
    }
  }
}

private final class Counter: @unchecked Sendable {  // one worker counts
  private(set) var count = 0
  func add() { count += 1 }
}
