import Foundation
import ParaCheckpoints
import ParaTensors

/// A row and what it took, or why it failed.
public struct Measurement: Sendable, Codable {
  public var row: BenchRow
  public var result: WorkloadResult?
  public var error: String?
  /// Of the part that the row measures: tokens a second, and its roof over its time.
  public var tokensPerSecond: Double?
  public var share: Double?

  /// Runs the row; a failure is part of the measurement.
  public init(_ row: BenchRow, on machine: Machine, _ run: () throws -> WorkloadResult) {
    self.row = row
    do {
      let result = try run()
      self.result = result
      let model = try ModelWork(ModelFolder(URL(filePath: result.model)).configuration)
      let roof = Roof(
        model, row.workload, workers: result.workers,
        head: ShortlistLMHead.scanType(row.workload.compute), machine.allThreads)
      let times = PhaseTimes(prefill: result.prefillSeconds, decode: result.decodeSeconds)
      tokensPerSecond = row.tokensPerSecond(times)
      share = row.share(times, roof)
    } catch {
      self.error = "\(error)"
    }
  }
}
