import Foundation
import ParaTestSupport
import Testing

@testable import ParaJobs

/// `adapters:` as a folder instead of names.
@Suite struct AdapterDiscoveryTests {
  private func job(_ adapters: String, in folder: TemporaryFolder) throws -> Job {
    try Job(
      parsing: """
        model: m
        adapters: \(adapters)
        tasks: {t: {doc_to_text: x}}
        inputs: [{path: i, task: t, adapter_field: tenant}]
        output: out
        """, path: folder.url.appending(path: "job.yaml").path)
  }

  @Test func theSubfoldersAreTheNames() throws {
    let folder = try TemporaryFolder()
    for name in ["b", "a"] { _ = try folder.write("{}", to: "tenants/\(name)/adapter_config.json") }
    _ = try folder.write("", to: "tenants/notes.txt")
    #expect(
      try job("tenants", in: folder).adapters
        == ["a", "b"].map { .init(name: $0, path: "\(folder.url.path)/tenants/\($0)") })
  }

  @Test func aFolderWithoutAdaptersIsRefused() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: JobError.self) { try job("tenants", in: folder) }
    #expect(
      error?.message
        == "'adapters' must be names with folders, or a folder of adapter folders, which \(folder.url.path)/tenants is not."
    )
  }
}

@Suite("JobPath")
struct JobPathTests {
  @Test(
    "resolves by name",
    arguments: [
      ("a", "", "a"), ("../a", "jobs/", "a"), ("../a", "", "../a"), ("../../a", "jobs/", "../a"),
      ("/a/./b//c/", "jobs/", "/a/b/c"), ("/../a", "jobs/", "/a"), (".", "", "."),
      ("..", "jobs/", "."), ("../a", "/srv/jobs/", "/srv/a"), ("../a", "../jobs/", "../a"),
    ])
  func resolve(path: String, folder: String, expected: String) {
    #expect(JobPath.resolve(path, in: folder) == expected)
  }

  @Test("knows a file's folder")
  func folder() {
    #expect(JobPath.folder(of: "a.yaml") == "")
    #expect(JobPath.folder(of: "jobs/a.yaml") == "jobs/")
    #expect(JobPath.folder(of: "/a.yaml") == "/")
  }
}
