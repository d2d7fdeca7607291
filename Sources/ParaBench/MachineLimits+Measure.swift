import ParaTensors

extension MachineLimits {
  /// Larger than any cache, so that reading it is reading memory.
  private static let memoryBytes = 512 << 20
  private static let partBytes = 4 << 20

  /// Measures so many threads at once; takes about two seconds.
  public static func measure(threads: Int) -> MachineLimits {
    let parallel = Parallel(threads: threads)
    let block = MemoryBlock(byteCount: memoryBytes)
    block.base.initializeMemory(as: UInt8.self, repeating: 1, count: memoryBytes)
    func operations(_ compute: ComputeType) -> Double {
      let ofOneCall = Microbenchmark.compute(compute)
      return best { size in
        parallel.ranges(threads * size, grain: 1) { calls in
          for _ in calls { _ = Microbenchmark.compute(compute) }
        }
        return threads * size * ofOneCall
      }
    }
    let memory = best { size in
      for _ in 0..<size {
        parallel.ranges(memoryBytes / partBytes, grain: 1) { parts in
          Microbenchmark.read(block, parts.lowerBound * partBytes..<parts.upperBound * partBytes)
        }
      }
      return size * memoryBytes
    }
    return MachineLimits(
      float32: operations(.float32), bfloat16: operations(.bfloat16), int8: operations(.int8),
      memory: memory)
  }

  private static let runs = 8
  private static let shortestRun = 0.02

  /// The best rate of several runs, each of a size that takes long enough to be timed.
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
