public import Foundation
import ParaAdapters
import ParaTensors

/// Why a row has no measurements.
struct BenchRowError: Error, CustomStringConvertible {
  var description: String
}

extension BenchRow {
  /// What `para` is called with.
  func arguments(model: URL, json: URL) -> [String] {
    var arguments: [(String, any CustomStringConvertible)] = [
      ("compute-type", workload.compute.rawValue), ("num-beams", workload.beams),
      ("prompts", workload.prompts), ("prompt-tokens", workload.promptTokens),
      ("new-tokens", workload.newTokens), ("threads", workload.threads), ("lanes", workload.lanes),
      ("adapter-count", workload.adapterCount), ("repeats", repeats), ("json", json.path),
    ]
    if let workers = workload.workers { arguments.append(("workers", workers)) }
    if !workload.byTurns.isEmpty {
      let methods = workload.byTurns.map { $0.rawValue.lowercased() }.joined(separator: ",")
      arguments.append(("by-turns", methods))
    }
    return ["bench", "work", model.path] + arguments.flatMap { ["--\($0)", $1.description] }
  }

  /// Measures the row in a new process, so that its peak of memory is its own. The model is made where
  /// it is missing.
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
      throw BenchRowError(
        description: message.isEmpty
          ? "ended with \(ending) \(process.terminationStatus)"
          : message.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    return try MeasurementFile.read(WorkloadResult.self, from: json)
  }
}
