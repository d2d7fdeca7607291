public import ParaModel

/// How much memory a job takes at its peak with given options, computed before it runs.
///
/// The caches are those of the heaviest stretch of neighbouring requests that can be alive
/// together: those that run, each with an answer of full length, those that wait for a lane, and a
/// batch in the hands of each prefilling worker. So it is an upper bound where answers end early.
public struct MemoryPlan: Sendable, Hashable {
  /// What a job asks of the memory, whatever the options.
  public struct Demand: Sendable, Hashable {
    public var footprint: ModelFootprint
    /// What is held before the first row: weights, tokenizer, the program itself.
    public var resident: Int
    /// Mapped weights that rows read, at most: the embeddings.
    public var embeddings: Int
    public var adapters = AdapterDemand()
    /// In the job's order: all requests, or enough of them to speak for the others.
    public var requests: [RequestSize]

    public init(
      footprint: ModelFootprint, resident: Int, embeddings: Int, requests: [RequestSize]
    ) {
      self.footprint = footprint
      self.resident = resident
      self.embeddings = embeddings
      self.requests = requests
    }
  }

  /// The adapters of a job, in bytes.
  public struct AdapterDemand: Sendable, Hashable {
    /// All of them together.
    private let total: Int
    private let largest: Int
    private let budget: Int

    /// - Parameters:
    ///   - bytes: What each takes once it is at work.
    ///   - budget: What those may take that are not.
    public init(bytes: [Int] = [], budget: Int = 0) {
      total = bytes.reduce(0, +)
      largest = bytes.max() ?? 0
      self.budget = budget
    }

    /// What is held while so many requests are alive, each perhaps with an adapter of its own.
    func bytes(alive: Int) -> Int { min(total, max(budget, alive * largest)) }
  }

  /// The peak by what takes it, in bytes.
  public struct Parts: Sendable, Hashable, Codable {
    public var resident: Int
    public var embeddings: Int
    public var adapters: Int
    public var scratch: Int
    public var promptCaches: Int
    public var answerCaches: Int
    /// Rows on their way: their texts, tokens and results.
    public var rows: Int

    public var caches: Int { promptCaches + answerCaches }
    public var total: Int { resident + embeddings + adapters + scratch + caches + rows }

    mutating func keepCaches(within limit: Int) {
      answerCaches = min(answerCaches, limit)
      promptCaches = min(promptCaches, limit - answerCaches)
    }
  }

  public let options: EngineOptions
  public internal(set) var parts: Parts
  /// The longest prefill that `scratch` is enough for.
  public let passTokens: Int
  /// How many of the requests it was made for need more memory than there is.
  public internal(set) var refused = 0

  public var peak: Int { parts.total }

  /// What the rows on their way take beside the caches, some hundred of them, and one of few: measured.
  private static let (rowBytes, oneRowBytes) = (6 << 20, 16 << 10)

  public init(_ demand: Demand, options: EngineOptions) {
    self.options = options
    let sums = RequestSums(demand.requests, demand.footprint)
    let alive = sums.heaviest(options)
    let prefills = sums.prefills(options)
    let scratch =
      prefills.reduce(0) { $0 + demand.footprint.scratch($1) }
      + options.workers * demand.footprint.scratch(sums.step(options))
    passTokens = prefills.first?.rows ?? 0
    parts = Parts(
      resident: demand.resident, embeddings: demand.embeddings,
      adapters: demand.adapters.bytes(alive: alive.requests), scratch: scratch,
      promptCaches: alive.prompts, answerCaches: alive.answers,
      rows: min(Self.rowBytes, demand.requests.count * Self.oneRowBytes))
  }
}
