import Foundation
import ParaDecoding
import ParaIngest
import ParaPrompts
import ParaScoring
import ParaTasks
import ParaTestSupport
import Testing

@testable import ParaJobs

/// The page on job files names every key there is, and no other.
@Suite struct JobReferenceTests {
  private let page: String

  init() throws {
    page = try String(
      contentsOf: Fixtures.packageRoot.appending(path: "Sources/ParaJobs/JOB.md"),
      encoding: .utf8)
  }

  /// The first column of the table under a heading; of the first table for an empty one.
  private func keys(under heading: String) throws -> [String] {
    let section = try #require(
      page.components(separatedBy: "\n## ").first {
        heading.isEmpty || $0.hasPrefix(heading + "\n")
      })
    return section.split(separator: "\n").compactMap { line in
      line.wholeMatch(of: /\| `([a-z_]+)` \|.*/).map { String($0.output.1) }
    }
  }

  /// The keys that the error for an unknown key lists.
  private func known(_ line: String, instead: String) throws -> [String] {
    let job = """
      model: m
      tasks: {t: {doc_to_text: x}}
      inputs: [{path: i, task: t}]
      generation: {}
      engine: {threads: 1}
      output: o
      """
    let error = #expect(throws: JobError.self) {
      try Job(parsing: job.replacing(line, with: instead), path: "job.yaml")
    }
    let list = try #require(error?.message.components(separatedBy: "Its keys are ").last)
    return list.dropLast().components(separatedBy: ", ")
  }

  @Test(arguments: [
    ("", "output: o", "output: o\nzz: 1"),
    ("Prompts", "generation: {}", "prompts: {zz: 1}"),
    ("Inputs", "path: i", "zz: 1"),
    ("Generation", "generation: {}", "generation: {zz: 1}"),
    ("Engine", "threads: 1", "zz: 1"),
  ])
  func everyKey(heading: String, line: String, instead: String) throws {
    let known = try known(line, instead: instead)
    #expect(known.count > 2)
    #expect(try keys(under: heading).sorted() == known.sorted())
  }

  @Test func everyKeyOfTasks() throws {
    let known = TaskDefinition.keys + JobFile.ownTaskKeys
    #expect(try keys(under: "Tasks").sorted() == known.sorted())
  }

  /// The table of generation settings is the one that the parser uses, row by row.
  @Test func generationSettings() throws {
    let section = try #require(
      page.components(separatedBy: "\n## ").first { $0.hasPrefix("Generation\n") })
    let rows = section.split(separator: "\n").filter { $0.hasPrefix("| `") }
    #expect(rows.map(String.init) == GenerationSetting.all.map(\.documentation))
  }

  @Test func everyName() {
    for name in MetricDefinition.names + InputFormat.allCases.map(\.rawValue) {
      #expect(page.contains("`\(name)`"))
    }
    for option in MetricDefinition.all.flatMap(\.options) {
      #expect(page.contains("`\(option.name)` (\(option.meaning))"))
    }
    for format in ChatFormat.allCases { #expect(page.contains("`\(format.rawValue)`")) }
  }
}
