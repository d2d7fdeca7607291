import Foundation
import ParaTestSupport
import Testing

/// The whole SQuAD development set, 10,570 questions in two files, through a real model with a context of 512 tokens.
@Suite(
  .enabled(if: SharedData.isPresent && !isDebugBuild, "needs ../shared/data and a release build"))
struct SquadRunTests {
  @Test func nothingIsLostAndMemoryIsBounded() throws {
    let folder = try TemporaryFolder()
    let conversion = try ParaProcess([
      "convert", "llama2c", SharedData.url("llama2c-stories260K/stories260K.bin").path,
      "--tokenizer", SharedData.url("llama2c-stories260K/tok512.bin").path,
      "--output", folder.url.appending(path: "stories").path,
    ])
    #expect(conversion.exitCode == 0, "\(conversion.errors)")
    let inputs = (1...2).map { part in
      """
        - path: \(SharedData.url("squad-v1.1/dev-v1.1.part\(part)of2.json").path)
          records: data.paragraphs.qas
          task: squad
          id: id
      """
    }
    let job = try folder.write(
      """
      model: stories
      tasks:
        squad:
          doc_to_text: "Context:\\n{{ context }}\\nQuestion:\\n{{ question }}\\n"
          doc_to_target: answers.text
          metric_list: [f1, em]
      inputs:
      \(inputs.joined(separator: "\n"))
      generation: {num_beams: 3, max_new_tokens: 4}
      output: results
      """, to: "job.yaml")
    let run = try ParaProcess(["run", job.path])
    #expect(run.exitCode == 3, "\(run.errors)")

    let predictions = try rows(folder.url.appending(path: "results/predictions.jsonl"))
    let errors = try rows(folder.url.appending(path: "results/errors.jsonl"))
    #expect((predictions + errors).map(\.row).sorted() == Array(0..<10_570))
    #expect(predictions.map(\.row) == predictions.map(\.row).sorted())
    #expect(errors.allSatisfy { $0.code == "prompt_too_long" && $0.stage == "tokenize" })
    #expect(!predictions.isEmpty && !errors.isEmpty)

    let document = try JSONDecoder().decode(
      RunDocument.self, from: Data(contentsOf: folder.url.appending(path: "results/run.json")))
    // 156 MB were measured; both files together are 5 MB, the model 1 MB.
    #expect(document.peakMemoryBytes < 400 << 20)
  }

  private struct RunDocument: Decodable {
    var peakMemoryBytes: Int
  }

  private struct Line: Decodable {
    var row: Int
    var code: String?
    var stage: String?
  }

  private func rows(_ url: URL) throws -> [Line] {
    try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
  }
}

var isDebugBuild: Bool {
  #if DEBUG
  true
  #else
  false
  #endif
}
