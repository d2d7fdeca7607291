import Foundation
public import ParaTensors

/// The machine's measured limits: peak arithmetic of each compute type and memory bandwidth.
public struct MachineLimits: Sendable, Hashable, Codable {
  /// Operations a second, a multiply-add being two.
  public var float32: Double
  public var bfloat16: Double
  public var int8: Double
  /// Bytes of memory read a second.
  public var memory: Double

  public init(float32: Double, bfloat16: Double, int8: Double, memory: Double) {
    self.float32 = float32
    self.bfloat16 = bfloat16
    self.int8 = int8
    self.memory = memory
  }

  public func operations(_ compute: ComputeType) -> Double {
    switch compute {
    case .float32: float32
    case .bfloat16: bfloat16
    case .int8: int8
    }
  }
}

extension MachineLimits {
  /// Larger than any last-level cache, so that reading it measures memory.
  private static let memoryBytes = 512 << 20
  /// A thread's unit of work in the bandwidth measurement.
  private static let blockBytes = 4 << 20

  /// Runs the microbenchmarks on that many threads; takes about two seconds.
  public static func measure(threads: Int) -> MachineLimits {
    let parallel = Parallel(threads: threads)
    let memory = MemoryBlock(byteCount: memoryBytes)
    memory.base.initializeMemory(as: UInt8.self, repeating: 1, count: memoryBytes)
    func operations(_ compute: ComputeType) -> Double {
      let ofOneCall = Microbenchmark.compute(compute)
      return best { size in
        parallel.ranges(threads * size, grain: 1) { calls in
          for _ in calls { _ = Microbenchmark.compute(compute) }
        }
        return threads * size * ofOneCall
      }
    }
    let bandwidth = best { size in
      for _ in 0..<size {
        parallel.ranges(memoryBytes / blockBytes, grain: 1) { blocks in
          Microbenchmark.read(
            memory, blocks.lowerBound * blockBytes..<blocks.upperBound * blockBytes)
        }
      }
      return size * memoryBytes
    }
    return MachineLimits(
      float32: operations(.float32), bfloat16: operations(.bfloat16), int8: operations(.int8),
      memory: bandwidth)
  }

  private static let runs = 8
  private static let shortestRun = 0.02

  /// The best rate of several runs; `size` doubles until a run is long enough to be timed.
  private static func best(_ run: (_ size: Int) -> Int) -> Double {
    var size = 1
    var rates: [Double] = []
    while rates.count < runs {
      let start = ContinuousClock.now
      let work = run(size)
      let seconds = (ContinuousClock.now - start).inSeconds
      if seconds < shortestRun { size *= 2 } else { rates.append(Double(work) / seconds) }
    }
    return rates.max() ?? 0
  }
}

extension MachineLimits: CustomStringConvertible {
  public var description: String {
    func billions(_ value: Double, _ digits: Int = 0) -> String { (value / 1e9).text(digits) }
    return "fp32 \(billions(float32)) GFLOP/s, bf16 \(billions(bfloat16)) GFLOP/s, "
      + "int8 \(billions(int8)) GOP/s, memory \(billions(memory, 1)) GB/s"
  }
}

/// The machine that a report's measurements were taken on.
public struct Machine: Sendable, Hashable, Codable {
  public var processor: String
  public var kernels: String
  public var threads: Int
  public var oneThread: MachineLimits
  public var allThreads: MachineLimits

  /// Measures the limits, which takes some seconds.
  public static func measure(threads: Int) -> Machine {
    let oneThread = MachineLimits.measure(threads: 1)
    return Machine(
      processor: processorName, kernels: Kernels.name, threads: threads, oneThread: oneThread,
      allThreads: threads == 1 ? oneThread : MachineLimits.measure(threads: threads))
  }

  /// Linux on x86-64 reports it; elsewhere it is unknown.
  private static var processorName: String {
    let information = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)
    let line = information?.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    return name ?? "unknown processor"
  }
}

extension Machine: CustomStringConvertible {
  public var description: String {
    """
    \(processor), \(kernels)
    limits with 1 thread: \(oneThread)
    limits with \(threads) threads: \(allThreads)
    tokens/s and utilisation (time at the limits / time taken) are of new tokens; prefill: of prompt tokens; single: of decode
    """
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
