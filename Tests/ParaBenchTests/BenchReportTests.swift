import Foundation
import ParaAdapters
import ParaTensors
import ParaTestSupport
import Testing

@testable import ParaBench

@Suite struct BenchReportTests {
  private func report() throws -> BenchReport {
    let limits = MachineLimits(float32: 513e9, bfloat16: 955e9, int8: 2047e9, memory: 50e9)
    let machine = Machine(
      processor: "Zen", kernels: "avx512", threads: 2, oneThread: limits, allThreads: limits)
    var report = BenchReport(machine)
    var plan = BenchPlan()
    plan.kinds = [.adapters, .prefill]
    plan.models = [.small]
    plan.computeTypes = [.bfloat16]
    let benchmarks = plan.makeBenchmarks()
    report.measurements = [
      BenchmarkMeasurement(benchmarks[0], on: machine) { result(benchmarks[0]) },
      BenchmarkMeasurement(benchmarks[1], on: machine) {
        throw BenchmarkError(description: "no room")
      },
    ]
    return report
  }

  private func result(_ benchmark: Benchmark) -> WorkloadResult {
    WorkloadResult(
      workload: benchmark.workload, model: Fixtures.model.path, kernels: "avx512", workers: 2,
      threadsPerWorker: 1, startUpSeconds: 0.25, firstTokenSeconds: 0.0625, prefillSeconds: 0.5,
      decodeSeconds: 1.5, seconds: 2, prefillTokensPerSecond: 16_384, newTokensPerSecond: 2048,
      adapterCosts: [
        AdapterCost(
          method: .para, prefillSeconds: 0.5, decodeSeconds: 1.75, prefillPercentSlower: -0.04,
          decodePercentSlower: 1.9)
      ], peakMemoryBytes: 227_000_000)
  }

  /// 6 %: by hand, 0.122 s for 2.36 million weights in layers and 0.39 million in the head.
  @Test func theTableIsAligned() throws {
    let limits = "fp32 513 GFLOP/s, bf16 955 GFLOP/s, int8 2047 GOP/s, memory 50.0 GB/s"
    let table = """
      Zen, avx512
      limits with 1 thread: \(limits)
      limits with 2 threads: \(limits)
      tokens/s and utilisation (time at the limits / time taken) are of new tokens; prefill: of prompt tokens; single: of decode

      benchmark    model  compute   prompts          beams  seconds  prefill  decode  tokens/s  utilisation  peak MB  notes
      adapters     S      bfloat16  64 × (128 + 64)      3    2.000    0.500   1.500    2048.0          6 %      227  \
      31.25 ms a prompt; ready in 0.25 s, first token 0.062 s
        with PARA                                             2.250    0.500   1.750                                  \
      prefill -0.0 %, decode +1.9 %
      prefill      S      bfloat16  64 × (128 + 1)       1                                                            \
      failed: no room
      """
    let description = try report().description
    #expect(description == table)
  }

  @Test func jsonKeepsBenchmarksAndFailures() throws {
    let folder = try TemporaryFolder()
    let url = folder.url.appending(path: "bench.json")
    try report().write(to: url)
    let read = try BenchReport.readJSON(BenchReport.self, from: url)
    #expect(read.machine == (try report()).machine)
    #expect(read.measurements.map(\.benchmark) == (try report()).measurements.map(\.benchmark))
    #expect(read.measurements[0].result == result(read.measurements[0].benchmark))
    #expect(read.measurements[1].error == "no room" && read.measurements[1].utilisation == nil)
    let text = try String(contentsOf: url, encoding: .utf8)
    #expect(text.contains(#""tokens_per_second" : 2048"#))
    #expect(text.contains(#""peak_memory_bytes" : 227000000"#))
  }

  /// A lower bound that any machine reaches.
  @Test func limitsAreMeasured() {
    let limits = MachineLimits.measure(threads: 2)
    #expect(min(limits.float32, limits.bfloat16, limits.int8, limits.memory) > 1e8)
  }
}
