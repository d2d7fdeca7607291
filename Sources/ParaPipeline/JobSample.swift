import ParaAdapters
import ParaEngine
import ParaIngest
import ParaJobs
import ParaModel
import ParaTokenizers

/// The sizes of the first rows of each of a job's inputs, from which its memory is planned.
///
/// Read before the job runs. Rows that fail are ignored here; the run reports them.
struct JobSample {
  /// In the job's order. The sampled rows of an input that has more are repeated, in place of those
  /// that were not sampled.
  private(set) var requests: [RequestSize] = []
  /// How many rows were sampled.
  private(set) var rowCount = 0
  /// The first prompts of each adapter that lets prompts share their beginnings.
  private var prompts: [String: [[TokenID]]] = [:]
  /// True if these are all of the job's rows.
  private(set) var isWhole = true

  private static let rowsPerInput = 1000
  private static let tokensPerInput = 1_000_000
  private static let promptsPerAdapter = 256
  /// Makes the sample longer than the window of rows that are in memory together, or nearly so.
  private static let repetitions = 4

  /// - Parameter adapters: The adapters' footprints, by name.
  /// - Throws: `IngestError` for an input that cannot be opened.
  init(_ job: Job, _ model: LanguageModel, _ adapters: [String: AdapterFootprint]) throws {
    let builder = try PromptBuilder(job.tasks, inputs: job.inputs, model)
    for input in job.inputs where job.evaluates(input) {
      let (found, hasMore) = try Self.rows(of: input) { row in
        let vectors = row.adapter.flatMap { adapters[$0]?.promptVectors } ?? 0
        let (size, tokens) = try builder.size(row, vectorBytes: vectors)
        if vectors == 0 { keep(tokens, of: row.adapter) }
        return size
      }
      rowCount += found.count
      isWhole = isWhole && !hasMore
      for _ in 0..<(hasMore ? Self.repetitions : 1) { requests += found }
    }
  }

  private mutating func keep(_ tokens: [TokenID], of adapter: String?) {
    let name = adapter ?? Job.Adapter.noneName
    guard prompts[name]?.count ?? 0 < Self.promptsPerAdapter else { return }
    prompts[name, default: []].append(tokens)
  }

  /// Bytes of the beginnings that the sampled prompts share.
  func sharedPrefixBytes(_ footprint: ModelFootprint) -> Int {
    prompts.values.reduce(0) { bytes, prompts in
      PrefixTree(prompts).nodes.reduce(bytes) { $0 + footprint.promptCache(tokens: $1.length) }
    }
  }

  private static func rows(
    of input: Job.Input, _ size: (SourceRow) throws -> RequestSize
  ) throws -> (sizes: [RequestSize], hasMore: Bool) {
    var reader = try RecordReader(InputFile(input))
    var (sizes, tokens, number, count) = ([RequestSize](), 0, 0, 0)
    while let result = reader.next() {
      if number >= rowsPerInput || tokens >= tokensPerInput { return (sizes, true) }
      guard case .success(let record) = result else { continue }
      count += 1
      for (row, _) in input.rows(of: record, from: &number) {
        guard var row = try? row.get() else { continue }
        row.record = count
        guard let size = try? size(row) else { continue }
        sizes.append(size)
        tokens += size.promptTokens
      }
    }
    return (sizes, false)
  }
}
