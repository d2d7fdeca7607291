public import Foundation
import ParaAdapters
import ParaCheckpoints
import ParaTensors

/// The machine's limits and what each benchmark measured.
public struct BenchReport: Sendable, Codable {
  public var machine: Machine
  public var measurements: [BenchmarkMeasurement] = []

  public init(_ machine: Machine) { self.machine = machine }

  /// Writes the report as JSON with snake-case keys.
  public func write(to url: URL) throws { try Self.writeJSON(self, to: url) }

  static func writeJSON(_ value: some Encodable, to url: URL) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    try (encoder.encode(value) + Data("\n".utf8)).write(to: url, options: .atomic)
  }

  static func readJSON<Value: Decodable>(_: Value.Type, from url: URL) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(Value.self, from: Data(contentsOf: url))
  }
}

/// A benchmark and its result, or why it failed.
public struct BenchmarkMeasurement: Sendable, Codable {
  public var benchmark: Benchmark
  public var result: WorkloadResult?
  public var error: String?
  /// Of the phase that the benchmark measures.
  public var tokensPerSecond: Double?
  /// The roofline's time over the measured time, of the same phase.
  public var utilisation: Double?

  /// Runs the benchmark; a failure is recorded, not thrown.
  public init(_ benchmark: Benchmark, on machine: Machine, _ run: () throws -> WorkloadResult) {
    self.benchmark = benchmark
    do {
      let result = try run()
      self.result = result
      let model = try ModelCost(ModelFolder(URL(filePath: result.model)).configuration)
      let roofline = Roofline(
        model, benchmark.workload, workers: result.workers,
        head: ShortlistLMHead.scanType(benchmark.workload.compute), machine.allThreads)
      let times = PhaseTimes(prefill: result.prefillSeconds, decode: result.decodeSeconds)
      tokensPerSecond = benchmark.tokensPerSecond(times)
      utilisation = benchmark.utilisation(times, roofline)
    } catch {
      self.error = "\(error)"
    }
  }
}

extension BenchReport: CustomStringConvertible {
  /// The machine, then aligned columns: a line per benchmark and per kind of adapter.
  public var description: String {
    let head = [
      "benchmark", "model", "compute", "prompts", "beams", "seconds", "prefill", "decode",
      "tokens/s", "utilisation", "peak MB", "notes",
    ]
    let lines = [head] + measurements.flatMap(\.lines)
    let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    let table = lines.map { line in
      // Text is aligned left, numbers right.
      line.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column < 4 ? cell + padding : column < 11 ? padding + cell : cell
      }.joined(separator: "  ")
    }
    return ([machine.description, ""] + table).joined(separator: "\n")
  }
}

extension BenchmarkMeasurement {
  /// The cells of the benchmark's line and of a line for each kind of adapter.
  fileprivate var lines: [[String]] {
    let work = benchmark.workload
    let what = [
      benchmark.name, benchmark.model.rawValue, work.compute.rawValue,
      "\(work.prompts) × (\(work.promptTokens) + \(work.newTokens))", "\(work.beams)",
    ]
    guard let result, let tokensPerSecond, let utilisation else {
      return [what + Array(repeating: "", count: 6) + ["failed: \(error ?? "")"]]
    }
    let bare =
      what + Self.times(result.prefillSeconds, result.decodeSeconds)
      + [
        tokensPerSecond.text(1), "\((utilisation * 100).text(0)) %",
        result.peakMemoryBytes.map { (Double($0) / 1e6).text(0) } ?? "", note(result),
      ]
    let adapted = result.adapterCosts.map { cost in
      ["  with \(cost.method.rawValue)", "", "", "", ""]
        + Self.times(cost.prefillSeconds, cost.decodeSeconds) + ["", "", "", "\(cost)"]
    }
    return [bare] + adapted
  }

  private static func times(_ prefill: Double, _ decode: Double) -> [String] {
    [(prefill + decode).text(3), prefill.text(3), decode.text(3)]
  }

  private func note(_ result: WorkloadResult) -> String {
    "\((result.seconds / Double(benchmark.workload.prompts) * 1e3).text(2)) ms a prompt; ready in "
      + "\(result.startUpSeconds.text(2)) s, first token \(result.firstTokenSeconds.text(3)) s"
  }
}

extension Double {
  /// With that many digits after the decimal point.
  func text(_ digits: Int) -> String { String(format: "%.\(digits)f", self) }
}
