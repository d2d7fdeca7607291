import Foundation
import ParaFlow
import ParaJobs
import ParaTestSupport
import Testing

@testable import ParaPipeline

/// Which adapter a row runs with, and under which id, as its record says.
@Suite struct RowAdapterTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The rows of an input, each as "id adapter" or as its error's code.
  private func rows(_ records: [String], _ keys: String) throws -> [String] {
    let file = try folder.write(records.joined(separator: "\n"), to: "rows.jsonl")
    let job = try Job(
      parsing: """
        model: \(Fixtures.model.path)
        adapters: {a: \(Fixtures.adapter("math-lora").path), "7": \(Fixtures.adapter("math-ia3").path)}
        tasks: {t: {doc_to_text: "{{ q }}"}}
        inputs: [{path: \(file.path), task: t, \(keys)}]
        output: results
        """, path: folder.url.appending(path: "job.yaml").path)
    let found = Rows()
    try ingest(job).run(
      into: Sink("collect") { input in
        while let message = try input.next() {
          switch message {
          case .payload(let row):
            found.texts.append("\(row.origin.id ?? "-") \(row.value.adapter ?? "base")")
          case .failure(let failure): found.texts.append(failure.code)
          }
        }
      })
    return found.texts
  }

  private final class Rows: @unchecked Sendable {  // the sink runs on the calling thread
    var texts: [String] = []
  }

  /// Never the bare model's answer, nor another tenant's, for want of a name.
  @Test func aRowWithoutAnAdapterFails() throws {
    let records = [
      #"{"m": "a"}"#, #"{"M": "a"}"#, #"{"m": null}"#, #"{"m": "none"}"#, #"{"m": 7}"#,
      #"{"m": ["a"]}"#, #"{"m": {"m": "a"}}"#, #"{"m": "b"}"#,
    ]
    #expect(
      try rows(records, "adapter_field: m") == [
        "- a", "adapter_missing", "adapter_missing", "- base", "- 7", "adapter_unusable",
        "adapter_unusable", "- b",
      ])
    #expect(
      try rows(records, "adapter_field: m, adapter_default: none").prefix(3) == [
        "- a", "- base", "- base",
      ])
    #expect(
      try rows(records, "adapter_field: m, adapter_default: a").prefix(3) == ["- a", "- a", "- a"])
  }

  @Test func namesAndIdsStandAtPaths() throws {
    let records = [#"{"body": {"m": "a", "id": 1}}"#, #"{"body": {"id": 2}}"#]
    #expect(
      try rows(records, "adapter_field: body.m, id: body.id") == ["1 a", "adapter_missing"])
  }

  @Test func idsKeepTheirDigits() throws {
    let records = [
      #"{"id": 18446744073709551615}"#, #"{"id": 18446744073709551614}"#, #"{"id": null}"#,
      #"{"id": [1]}"#, #"{"id": {}}"#, #"{"id": true}"#, "{}",
    ]
    #expect(
      try rows(records, "id: id") == [
        "18446744073709551615 base", "18446744073709551614 base", "- base", "id_unusable",
        "id_unusable", "true base", "- base",
      ])
  }

  @Test func aDefaultNeedsAField() {
    for keys in ["adapter_default: a", "adapter: a, adapter_default: a"] {
      let error = #expect(throws: JobError.self) { try rows(["{}"], keys) }
      #expect(error?.message.contains("has no effect without 'adapter_field'") == true)
    }
  }
}
