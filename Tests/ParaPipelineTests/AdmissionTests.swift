import Foundation
import ParaEngine
import ParaFlow
import ParaJobs
import ParaModel
import ParaTestSupport
import Testing

@testable import ParaPipeline

/// A job's stages with an engine that has little memory for rows.
@Suite struct AdmissionTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func job(rows: String, newTokens: Int = 24) throws -> Job {
    try Job(
      parsing: """
        model: \(Fixtures.model.path)
        adapters: {math-para: \(Fixtures.adapter("math-para").path)}
        tasks: {math: {doc_to_text: "Problem:\\n{{ question }}\\nAnswer:"}}
        inputs: [{path: \(try folder.write(rows, to: "rows.jsonl").path), task: math, adapters: [none, math-para]}]
        generation: {num_beams: 3, max_new_tokens: \(newTokens)}
        output: \(folder.url.path)/results
        """, path: folder.url.appending(path: "job.yaml").path)
  }

  private static func rows(_ count: Int, long: Set<Int> = []) -> String {
    (0..<count).map { row in
      let more = long.contains(row) ? String(repeating: "one apple and ", count: 60) : ""
      return #"{"question": "\#(more)Tom has \#(row) apples and buys 4 more. How many now?"}"#
        + "\n"
    }.joined()
  }

  /// - Parameter rowBytes: The memory for rows; nil for no limit.
  private func run(_ job: Job, rowBytes: Int?, handle: FlowHandle = FlowHandle()) throws -> (
    predictions: String, errors: String
  ) {
    let model = try LanguageModel(job)
    let options = EngineOptions(workers: 2, threadsPerWorker: 1, batchTokens: 400)
    let plan = MemoryPlan(
      .init(footprint: model.decoder.footprint, resident: 0, embeddings: 0, requests: []),
      options: options)
    let engine =
      rowBytes.map {
        Engine(model.decoder, plan: plan, limit: plan.peak - plan.parts.caches + $0)
      } ?? Engine(model.decoder, options: options)
    handle.whenOver { engine.stopAdmitting() }
    let results = try ResultWriter(folder: job.output, overwrite: true)
    try ingest(job)
      .then(tokenize(job, with: model))
      .then(groupByAdapter(tokens: 400, workers: engine.options.workers))
      .then(prefill(with: engine))
      .then(decode(with: engine, model.tokenizer))
      .then(score(job.tasks))
      .run(into: write(to: results), handle: handle)
    func lines(_ name: String) throws -> String {
      try String(contentsOf: folder.url.appending(path: "results/\(name)"), encoding: .utf8)
    }
    return (try lines("predictions.jsonl"), try lines("errors.jsonl"))
  }

  /// A row needs about 1 MB, including scratch: all at once, a few, one at a time.
  @Test func littleMemoryChangesNoByte() throws {
    let job = try job(rows: Self.rows(30))
    let free = try run(job, rowBytes: nil)
    #expect(free.predictions.split(separator: "\n").count == 60 && free.errors.isEmpty)
    for bytes in [20_000_000, 4_000_000, 1_500_000] {
      let tight = try run(job, rowBytes: bytes)
      #expect(tight.predictions == free.predictions && tight.errors.isEmpty, "\(bytes)")
    }
  }

  @Test func aRowThatNeedsMoreThanThereIsFailsAndTheOthersGoOn() throws {
    let free = try run(job(rows: Self.rows(10)), rowBytes: nil)
    let found = try run(job(rows: Self.rows(10, long: [3])), rowBytes: 1_500_000)
    let errors = try found.errors.split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    #expect(errors.map { $0["row"] as? Int } == [6, 7])
    #expect(errors.allSatisfy { $0["code"] as? String == "memory_exceeded" })
    #expect(errors.allSatisfy { $0["stage"] as? String == "prefill" })
    let message = try #require(errors[0]["message"] as? String)
    #expect(message.contains(" MB, and there are 1.50 MB for rows; give the job more by --memory"))
    let others = free.predictions.split(separator: "\n").enumerated()
      .filter { $0.offset != 6 && $0.offset != 7 }.map(\.element)
    #expect(found.predictions.split(separator: "\n") == others)
  }

  /// Workers that wait for memory must not keep a cancelled run alive.
  @Test func aCancelledRunEnds() throws {
    let handle = FlowHandle()
    let job = try job(rows: Self.rows(500), newTokens: 200)
    DispatchQueue.global().asyncAfter(deadline: .now() + 0.3) { handle.cancel() }
    #expect(throws: FlowError.self) { try run(job, rowBytes: 4_000_000, handle: handle) }
  }
}
