import Foundation
import ParaAdapters
import ParaTensors

extension BenchReport: CustomStringConvertible {
  /// The machine, and a line for each row and each kind of adapters, in columns.
  public var description: String {
    let head = [
      "row", "model", "numbers", "prompts", "beams", "seconds", "prefill", "decode", "tokens/s",
      "share", "peak MB", "notes",
    ]
    let lines = [head] + measurements.flatMap(\.lines)
    let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    let table = lines.map { line in
      // Words stand to the left of their columns, numbers to the right.
      line.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column < 4 ? cell + padding : column < 11 ? padding + cell : cell
      }.joined(separator: "  ")
    }
    return ([machine.description, ""] + table).joined(separator: "\n")
  }
}

extension Machine: CustomStringConvertible {
  public var description: String {
    """
    \(processor), \(kernels)
    limits with 1 thread: \(oneThread)
    limits with \(threads) threads: \(allThreads)
    tokens/s and share (time at the limits / time taken) are of answers; prefill: of prompts; single: of decode
    """
  }
}

extension MachineLimits: CustomStringConvertible {
  public var description: String {
    func billions(_ value: Double, _ digits: Int = 0) -> String { (value / 1e9).text(digits) }
    return "fp32 \(billions(float32)) GFLOP/s, bf16 \(billions(bfloat16)) GFLOP/s, "
      + "int8 \(billions(int8)) GOP/s, memory \(billions(memory, 1)) GB/s"
  }
}

extension Measurement {
  /// The cells of the row's line and of each kind of adapters.
  fileprivate var lines: [[String]] {
    let work = row.workload
    let what = [
      row.name, row.model.rawValue, work.compute.rawValue,
      "\(work.prompts) × (\(work.promptTokens) + \(work.newTokens))", "\(work.beams)",
    ]
    guard let result, let tokensPerSecond, let share else {
      return [what + Array(repeating: "", count: 6) + ["failed: \(error ?? "")"]]
    }
    let bare =
      what + Self.times(result.prefillSeconds, result.decodeSeconds)
      + [
        tokensPerSecond.text(1), "\((share * 100).text(0)) %",
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
    "\((result.seconds / Double(row.workload.prompts) * 1e3).text(2)) ms a row; ready in "
      + "\(result.startUpSeconds.text(2)) s, first token \(result.firstTokenSeconds.text(3)) s"
  }
}
