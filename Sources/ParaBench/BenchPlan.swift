import ParaAdapters
public import ParaTensors

/// What to measure: kinds of rows, on models and in numbers.
public struct BenchPlan: Sendable {
  public enum Rows: String, Sendable, CaseIterable {
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
  public var rows = Rows.allCases
  public var sweeps: [Sweep] = []
  /// Prompts of the rows that show how time and memory grow.
  public var scaling = [64, 640, 6_400]
  public var threads = 2
  public var repeats = 3

  public init() {}

  public func makeRows() -> [BenchRow] { rows.flatMap(makeRows) + sweeps.flatMap(makeRows) }

  /// Rows of one model go to M and bf16 where they are asked for; `single` and `start-up` to the
  /// largest model and int8, `scaling` to the smallest.
  private func makeRows(_ kind: Rows) -> [BenchRow] {
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
      row(kind.rawValue, largest, .int8) {
        $0.workload.prompts = 8
        $0.workload.beams = 1
        $0.workload.runOneAtATime()
        $0.measure = .decode
      }
    case .adapters:
      row(kind.rawValue, medium, .bfloat16) { $0.workload.byTurns = AdapterMethod.allCases }
    case .startUp:
      row(kind.rawValue, largest, .int8) {
        $0.workload.prompts = 1
        $0.workload.newTokens = 1
        $0.workload.beams = 1
        $0.workload.runOneAtATime()
        $0.measure = .prefill
      }
    case .scaling:
      scaling.flatMap { prompts in
        row("scaling \(prompts)", smallest, .bfloat16) {
          $0.workload.prompts = prompts
          // As long as many runs.
          if prompts > 64 { $0.repeats = 1 }
        }
      }
    }
  }

  private func makeRows(_ sweep: Sweep) -> [BenchRow] {
    switch sweep {
    case .beams:
      (1...8).flatMap { beams in
        row("beams \(beams)", medium, .bfloat16) {
          $0.workload.beams = beams
          $0.workload.lanes = $0.workload.prompts * beams
        }
      }
    case .lanes:
      (0...9).map { 1 << $0 }.flatMap { lanes in
        row("lanes \(lanes)", medium, .bfloat16) {
          $0.workload.beams = 1
          $0.workload.prompts = lanes
          $0.workload.lanes = lanes
        }
      }
    case .lengths:
      (4...12).map { 1 << $0 }.flatMap { length in
        row("length \(length)", medium, .bfloat16) {
          $0.workload.promptTokens = length
          // So that long prompts' caches stay below a gigabyte.
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
          $0.workload.byTurns = AdapterMethod.allCases
          $0.workload.adapterCount = prompts
          $0.repeats = min($0.repeats, 2)
        }
      }
    }
  }

  private var smallest: BenchModel? { BenchModel.allCases.first(where: models.contains) }
  private var largest: BenchModel? { BenchModel.allCases.last(where: models.contains) }
  private var medium: BenchModel? { models.contains(.medium) ? .medium : largest }

  private func everywhere(_ name: String, _ change: (inout BenchRow) -> Void) -> [BenchRow] {
    models.flatMap { model in
      let usual: [ComputeType] =
        model == .small ? [.float32, .bfloat16, .int8] : [.bfloat16, .int8]
      return (computeTypes ?? usual).map { make(name, model, $0, change) }
    }
  }

  /// A row in the wanted numbers, or the first of those that are asked for.
  private func row(
    _ name: String, _ model: BenchModel?, _ wanted: ComputeType, _ change: (inout BenchRow) -> Void
  ) -> [BenchRow] {
    let types = computeTypes ?? [wanted]
    guard let model, let first = types.first else { return [] }
    return [make(name, model, types.contains(wanted) ? wanted : first, change)]
  }

  private func make(
    _ name: String, _ model: BenchModel, _ compute: ComputeType, _ change: (inout BenchRow) -> Void
  ) -> BenchRow {
    var row = BenchRow(name: name, model: model, workload: Workload(), repeats: repeats)
    row.workload.threads = threads
    row.workload.compute = compute
    change(&row)
    return row
  }
}
