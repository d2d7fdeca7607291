import Foundation
import ParaTestSupport
import Testing

@Suite struct BenchCommandTests {
  /// A folder whose model S is the embedded one, so that a table is quick.
  private func models() throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try FileManager.default.createSymbolicLink(
      at: folder.url.appending(path: "S"), withDestinationURL: Fixtures.model)
    return folder
  }

  @Test func measuresATable() throws {
    let models = try models()
    let json = models.url.appending(path: "bench.json")
    let bench = try ParaProcess([
      "bench", "--models", "S", "--compute-types", "int8", "--rows", "greedy,start-up,single",
      "--models-folder", models.url.path, "--repeats", "1", "--json", json.path,
    ])
    #expect(bench.exitCode == 0, "\(bench.errors)")
    let rows = bench.output.split(separator: "\n").suffix(3).map { $0.prefix { $0 != " " } }
    #expect(rows == ["greedy", "start-up", "single"])
    let file = try JSONSerialization.jsonObject(with: Data(contentsOf: json)) as? [String: Any]
    let measurements = try #require(file?["measurements"] as? [[String: Any]])
    #expect(measurements.count == 3)
    for measurement in measurements {
      let utilisation = try #require(measurement["utilisation"] as? Double)
      // Above 1 is possible where other tests disturbed the measurement of the limits.
      #expect(utilisation > 0)
    }
  }

  /// A model that cannot be read fails its rows, and they do not stop the others.
  @Test func aFailingRowIsReported() throws {
    let models = try models()
    _ = try models.write("{", to: "M/config.json")
    let bench = try ParaProcess([
      "bench", "--models", "S,M", "--compute-types", "int8", "--rows", "prefill",
      "--models-folder", models.url.path, "--repeats", "1",
    ])
    #expect(bench.exitCode == 3, "\(bench.errors)")
    let rows = bench.output.split(separator: "\n").suffix(2)
    #expect(rows.map { $0.contains("failed: ") } == [false, true], "\(bench.output)")
  }

  @Test(arguments: [
    (["bench", "--models", "XL"], "--models"), (["bench", "--rows", "beam4"], "--rows"),
    (["bench", "--scaling", "0"], "--scaling is 0, and must be from 1 to 1000000."),
    (["bench", "work", "x", "--prompts", "0"], "--prompts is 0, and must be from 1 to 1000000."),
  ]) func refusesWhatItCannotMeasure(arguments: [String], reason: String) throws {
    let bench = try ParaProcess(arguments)
    #expect(bench.exitCode == 2)
    #expect(bench.errors.contains(reason), "\(bench.errors)")
  }

  @Test func workReportsInterleavedAdapters() throws {
    let work = try ParaProcess([
      "bench", "work", Fixtures.model.path, "--prompts", "3", "--new-tokens", "4",
      "--one-at-a-time", "--interleave", "para,bitfit", "--adapter-count", "2",
    ])
    #expect(work.exitCode == 0, "\(work.errors)")
    #expect(work.output.contains("with PARA: prefill") && work.output.contains("with BITFIT: "))
  }
}
