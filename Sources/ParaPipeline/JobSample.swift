import ParaAdapters
import ParaEngine
import ParaIngest
import ParaJobs

/// The first rows of each of a job's inputs, as far as they decide how much memory it takes.
///
/// Read on its own, before the job; what is wrong with a row is for the job to say.
struct JobSample {
  /// In the job's order. The rows of an input that has more stand there several times, for those
  /// that were not looked at.
  private(set) var requests: [RequestSize] = []
  /// How many rows were looked at.
  private(set) var rowCount = 0
  /// True if these are all of the job's rows.
  private(set) var isWhole = true

  private static let rowsOfInput = 1000
  private static let tokensOfInput = 1_000_000
  /// More rows than can be alive together, or nearly so.
  private static let repetitions = 4

  /// - Parameter adapters: What the adapters take, by name.
  /// - Throws: `JobTemplateError` for a task; `IngestError` for an input that cannot be opened.
  init(_ job: Job, _ model: LanguageModel, _ adapters: [String: AdapterFootprint]) throws {
    let builder = try PromptBuilder(job.tasks, model)
    for input in job.inputs {
      let (found, hasMore) = try Self.rows(of: input) { row in
        let vectors = row.adapter.flatMap { adapters[$0]?.vectors }
        return try builder.size(row, vectorBytes: vectors ?? 0)
      }
      rowCount += found.count
      isWhole = isWhole && !hasMore
      for _ in 0..<(hasMore ? Self.repetitions : 1) { requests += found }
    }
  }

  private static func rows(
    of input: Job.Input, _ size: (SourceRow) throws -> RequestSize
  ) throws -> (sizes: [RequestSize], hasMore: Bool) {
    var reader = try RecordReader(InputFile(input))
    var (sizes, tokens, number) = ([RequestSize](), 0, 0)
    while let result = reader.next() {
      if number >= rowsOfInput || tokens >= tokensOfInput { return (sizes, true) }
      guard case .success(let record) = result else { continue }
      for (row, _) in input.rows(of: record, from: &number) {
        guard let size = try? size(row) else { continue }
        sizes.append(size)
        tokens += size.promptTokens
      }
    }
    return (sizes, false)
  }
}
