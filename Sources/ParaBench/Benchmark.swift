public import Foundation
import ParaAdapters
import ParaTensors

/// A line of the benchmark table: a workload on one of the models, measured in a separate process.
public struct Benchmark: Sendable, Hashable, Codable {
  public var name: String
  public var model: BenchModel
  public var workload: Workload
  public var repeats: Int
  public var measure = Measure.whole

  /// The phase that tokens/s and utilisation refer to.
  public enum Measure: String, Sendable, Codable { case whole, prefill, decode }

  /// New tokens a second of the measured phase; prompt tokens a second where that is prefill.
  /// A request's first new token comes from prefill.
  func tokensPerSecond(_ times: PhaseTimes) -> Double {
    let prompts = Double(workload.prompts)
    return switch measure {
    case .whole: prompts * Double(workload.newTokens) / times.seconds
    case .prefill: prompts * Double(workload.promptTokens) / times.prefill
    case .decode: prompts * Double(workload.newTokens - 1) / times.decode
    }
  }

  /// The roofline's time over the measured time: 1 is the machine's limit.
  func utilisation(_ times: PhaseTimes, _ roofline: Roofline) -> Double {
    switch measure {
    case .whole: roofline.seconds / times.seconds
    case .prefill: roofline.prefill / times.prefill
    case .decode: roofline.decode / times.decode
    }
  }
}

extension Benchmark: CustomStringConvertible {
  public var description: String { "\(name), \(model.rawValue), \(workload.compute)" }
}

/// Why a benchmark's process gave no measurement.
struct BenchmarkError: Error, CustomStringConvertible {
  var description: String
}

extension Benchmark {
  /// The arguments of the process: `para bench work …`.
  func arguments(model: URL, json: URL) -> [String] {
    var arguments: [(String, any CustomStringConvertible)] = [
      ("compute-type", workload.compute.rawValue), ("num-beams", workload.beams),
      ("prompts", workload.prompts), ("prompt-tokens", workload.promptTokens),
      ("new-tokens", workload.newTokens), ("threads", workload.threads), ("lanes", workload.lanes),
      ("adapter-count", workload.adapterCount), ("repeats", repeats), ("json", json.path),
    ]
    if let workers = workload.workers { arguments.append(("workers", workers)) }
    if !workload.interleaved.isEmpty {
      let methods = workload.interleaved.map { $0.rawValue.lowercased() }.joined(separator: ",")
      arguments.append(("interleave", methods))
    }
    return ["bench", "work", model.path] + arguments.flatMap { ["--\($0)", $1.description] }
  }

  /// Measures in a new process, whose peak memory is this benchmark's alone.
  ///
  /// - Parameters:
  ///   - executable: The `para` executable.
  ///   - models: The folder of the benchmark models; a missing model is written first.
  public func run(_ executable: URL, models: URL) throws -> WorkloadResult {
    let model = try model.folder(in: models)
    let json = models.appending(path: "\(UUID().uuidString).json")
    defer { try? FileManager.default.removeItem(at: json) }
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments(model: model, json: json)
    let errors = Pipe()
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let message = String(
      decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationReason == .exit, process.terminationStatus == 0 else {
      let ending = process.terminationReason == .exit ? "exit code" : "signal"
      throw BenchmarkError(
        description: message.isEmpty
          ? "ended with \(ending) \(process.terminationStatus)"
          : message.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    return try BenchReport.readJSON(WorkloadResult.self, from: json)
  }
}
