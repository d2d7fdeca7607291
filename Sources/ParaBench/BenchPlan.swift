import ParaAdapters
public import ParaTensors

/// Which benchmarks to run: kinds and sweeps, on which models and in which compute types.
public struct BenchPlan: Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case beam3, greedy, prefill, single, adapters, scaling
    case startUp = "start-up"
  }

  public enum Sweep: String, Sendable, CaseIterable {
    case beams, lanes, lengths
    case sevenBillion = "7B"
  }

  public var models: [BenchModel] = [.small, .medium, .large]
  /// Nil is bf16 and int8, and fp32 on S.
  public var computeTypes: [ComputeType]?
  public var kinds = Kind.allCases
  public var sweeps: [Sweep] = []
  /// Prompt counts of the `scaling` kind, which shows how time and memory grow.
  public var scaling = [64, 640, 6_400]
  public var threads = 2
  public var repeats = 3

  public init() {}

  public func makeBenchmarks() -> [Benchmark] {
    kinds.flatMap(benchmarks) + sweeps.flatMap(benchmarks)
  }

  /// Benchmarks of one model run on M in bf16 where the plan has both; `single` and `start-up` on
  /// the largest model in int8, `scaling` on the smallest.
  private func benchmarks(_ kind: Kind) -> [Benchmark] {
    switch kind {
    case .beam3: everywhere(kind.rawValue) { _ in }
    case .greedy: everywhere(kind.rawValue) { $0.workload.beams = 1 }
    case .prefill:
      everywhere(kind.rawValue) {
        $0.workload.beams = 1
        $0.workload.newTokens = 1
        $0.measure = .prefill
      }
    case .single:
      benchmark(kind.rawValue, largest, .int8) {
        $0.workload.prompts = 8
        $0.workload.beams = 1
        $0.workload.runOneAtATime()
        $0.measure = .decode
      }
    case .adapters:
      benchmark(kind.rawValue, medium, .bfloat16) {
        $0.workload.interleaved = AdapterMethod.allCases
      }
    case .startUp:
      benchmark(kind.rawValue, largest, .int8) {
        $0.workload.prompts = 1
        $0.workload.newTokens = 1
        $0.workload.beams = 1
        $0.workload.runOneAtATime()
        $0.measure = .prefill
      }
    case .scaling:
      scaling.flatMap { prompts in
        benchmark("scaling \(prompts)", smallest, .bfloat16) {
          $0.workload.prompts = prompts
          // Long enough to need no repeats.
          if prompts > 64 { $0.repeats = 1 }
        }
      }
    }
  }

  private func benchmarks(_ sweep: Sweep) -> [Benchmark] {
    switch sweep {
    case .beams:
      (1...8).flatMap { beams in
        benchmark("beams \(beams)", medium, .bfloat16) {
          $0.workload.beams = beams
          $0.workload.lanes = $0.workload.prompts * beams
        }
      }
    case .lanes:
      (0...9).map { 1 << $0 }.flatMap { lanes in
        benchmark("lanes \(lanes)", medium, .bfloat16) {
          $0.workload.beams = 1
          $0.workload.prompts = lanes
          $0.workload.lanes = lanes
        }
      }
    case .lengths:
      (4...12).map { 1 << $0 }.flatMap { length in
        benchmark("length \(length)", medium, .bfloat16) {
          $0.workload.promptTokens = length
          // Keeps long prompts' KV caches below a gigabyte.
          $0.workload.prompts = min(64, 16_384 / length)
        }
      }
    case .sevenBillion:
      // Some seconds a run at 50 GB/s and 2 Top/s.
      [1, 4].map { prompts in
        make("7B, \(prompts) at once", .sevenBillion, .int8) {
          $0.workload.prompts = prompts
          $0.workload.promptTokens = 32
          $0.workload.newTokens = 16
          $0.workload.interleaved = AdapterMethod.allCases
          $0.workload.adapterCount = prompts
          $0.repeats = min($0.repeats, 2)
        }
      }
    }
  }

  private var smallest: BenchModel? { BenchModel.allCases.first(where: models.contains) }
  private var largest: BenchModel? { BenchModel.allCases.last(where: models.contains) }
  private var medium: BenchModel? { models.contains(.medium) ? .medium : largest }

  private func everywhere(_ name: String, _ change: (inout Benchmark) -> Void) -> [Benchmark] {
    models.flatMap { model in
      let usual: [ComputeType] =
        model == .small ? [.float32, .bfloat16, .int8] : [.bfloat16, .int8]
      return (computeTypes ?? usual).map { make(name, model, $0, change) }
    }
  }

  /// A benchmark in the wanted compute type, or in the first of the plan's.
  private func benchmark(
    _ name: String, _ model: BenchModel?, _ wanted: ComputeType, _ change: (inout Benchmark) -> Void
  ) -> [Benchmark] {
    let types = computeTypes ?? [wanted]
    guard let model, let first = types.first else { return [] }
    return [make(name, model, types.contains(wanted) ? wanted : first, change)]
  }

  private func make(
    _ name: String, _ model: BenchModel, _ compute: ComputeType, _ change: (inout Benchmark) -> Void
  ) -> Benchmark {
    var benchmark = Benchmark(name: name, model: model, workload: Workload(), repeats: repeats)
    benchmark.workload.threads = threads
    benchmark.workload.compute = compute
    change(&benchmark)
    return benchmark
  }
}
