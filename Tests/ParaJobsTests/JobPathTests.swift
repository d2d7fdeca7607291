import Testing

@testable import ParaJobs

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
