import Foundation
import ParaTestSupport
import Testing

/// `para plan`, and whether `para run` keeps to the plan.
@Suite struct PlanCommandTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func job(_ generation: String = "{num_beams: 3, max_new_tokens: 16}") throws -> String {
    try folder.write(
      """
      model: \(Fixtures.model.path)
      tasks:
        squad: {doc_to_text: "Context:\\n{{ context }}\\nQuestion:\\n{{ question }}\\nAnswer:"}
      inputs:
        - {path: \(Fixtures.folder.appending(path: "data/squad.jsonl").path), task: squad, limit: 100}
      generation: \(generation)
      output: results
      """, to: "job.yaml"
    ).path
  }

  private func document() throws -> [String: Any] {
    let data = try Data(contentsOf: folder.url.appending(path: "results/run.json"))
    return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private func predictions() throws -> Data {
    try Data(contentsOf: folder.url.appending(path: "results/predictions.jsonl"))
  }

  @Test func showsPartsAndPeakAndWritesNothing() throws {
    let plan = try ParaProcess(["plan", try job()])
    #expect(plan.exitCode == 0, "\(plan.errors)")
    for label in ["model and program", "KV cache of prompts", "peak", "all 100 rows"] {
      #expect(plan.output.contains(label))
    }
    #expect(!plan.output.contains("lowered"))
    #expect(!FileManager.default.fileExists(atPath: folder.url.appending(path: "results").path))
  }

  @Test func showsWhatIsLoweredAndWhatDoesNotFit() throws {
    let tight = try ParaProcess(["plan", try job(), "--memory", "75MB"])
    #expect(tight.exitCode == 0, "\(tight.errors)")
    #expect(tight.output.contains("lowered: ") && tight.output.contains("may take 75.0 MB"))
    let tooTight = try ParaProcess(["plan", try job(), "--memory", "20MB"])
    #expect(tooTight.exitCode == 2)
    #expect(tooTight.errors.contains("para: the job needs at least "))
    #expect(tooTight.errors.contains("may take 20.0 MB") && tooTight.errors.contains("int8"))
    // The weights alone, before they are loaded.
    #expect(try ParaProcess(["plan", try job(), "--memory", "1MB"]).exitCode == 2)
    #expect(try ParaProcess(["plan", try job(), "--memory", "lots"]).exitCode == 2)
  }

  /// The limit holds, and neither it nor the batches that it makes change a byte.
  @Test(.enabled(if: !isDebugBuild, "debug builds have a larger program"))
  func aRunKeepsToItsMemory() throws {
    let job = try job("{num_beams: 3, max_new_tokens: 33, min_new_tokens: 33}")
    #expect(try ParaProcess(["run", job]).exitCode == 0)
    let free = try document()
    let expected = try predictions()
    let planned = try #require(free["plannedPeakMemoryBytes"] as? Int)
    let measured = try #require(free["peakMemoryBytes"] as? Int)
    #expect(measured <= planned)
    let run = try ParaProcess(["run", job, "--memory", "75MB", "--overwrite"])
    #expect(run.exitCode == 0 && run.errors.contains("lowered: "), "\(run.errors)")
    let tight = try document()
    let tightPeak = try #require(tight["peakMemoryBytes"] as? Int)
    #expect(tightPeak <= 75_000_000 && tightPeak < measured)
    #expect((tight["engine"] as? [String: Any])?["memory"] as? Int == 75_000_000)
    #expect(try predictions() == expected)
  }
}
