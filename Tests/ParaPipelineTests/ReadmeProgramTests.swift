import Foundation
import ParaPipeline
import ParaTestSupport
import Testing

/// The README's "The same as a library": compiled here, with the library's one module.
func readmeProgram() throws {
  let job = try Job(contentsOf: "pipelines/quickstart.yaml")
  let model = try LanguageModel(job)
  let engine = Engine(model.decoder, options: EngineOptions(threads: 2, for: model.decoder))
  let results = try ResultWriter(folder: job.output, overwrite: true)
  try ingest(job)
    .then(tokenize(job, with: model))
    .then(groupByAdapter(tokens: 8_192, workers: engine.options.workers))
    .then(prefill(with: engine))
    .then(decode(with: engine, model.tokenizer))
    .then(score(job.tasks))
    .run(into: write(to: results))
}

@Suite struct ReadmeProgramTests {
  @Test func theReadmeShowsTheProgramThatCompiles() throws {
    let readme = try String(
      contentsOf: Fixtures.packageRoot.appending(path: "README.md"), encoding: .utf8)
    let source = try String(contentsOf: URL(filePath: #filePath), encoding: .utf8)
    let blocks = readme.components(separatedBy: "```")
    let shown = try #require(blocks.first { $0.hasPrefix("swift\nimport ParaPipeline\n") })
    let start = try #require(source.range(of: "func readmeProgram() throws {\n"))
    let body = source[start.upperBound...].prefix(
      upTo: try #require(source.range(of: "\n}\n")).lowerBound)
    let lines = body.split(separator: "\n").map { $0.dropFirst(2) }
    #expect(shown.split(separator: "\n").dropFirst(2).map { $0[...] } == lines)
  }

}
