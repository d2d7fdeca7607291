public import ParaModel
import ParaTensors

/// The peak memory of a job with given options, computed before it runs.
///
/// Caches are planned for the worst window of neighbouring requests that can be alive together: the
/// running ones, each with an answer of full length, those that wait for lanes, and a batch in each
/// prefilling worker. So the plan is an upper bound where answers end early.
public struct MemoryPlan: Sendable, Hashable {
  /// What a job needs of memory, whatever the options.
  public struct Demand: Sendable, Hashable {
    public var footprint: ModelFootprint
    /// Bytes held before the first row: weights, tokenizer, the program itself.
    public var resident: Int
    /// Bytes of mapped weights that rows read, at most: the embeddings.
    public var embeddings: Int
    public var adapters = AdapterDemand()
    /// Bytes of the beginnings that its prompts share, worth keeping if there is room.
    public var sharedPrefixes = 0
    /// In the job's order: all requests, or a sample large enough to represent them.
    public var requests: [RequestSize]

    public init(
      footprint: ModelFootprint, resident: Int, embeddings: Int, requests: [RequestSize]
    ) {
      self.footprint = footprint
      self.resident = resident
      self.embeddings = embeddings
      self.requests = requests
    }

    /// What requests need of a loaded model; the present resident memory is taken to stay.
    public init(_ decoder: Decoder, requests: [RequestSize]) {
      ProcessMemory.release()
      self.init(
        footprint: decoder.footprint, resident: ProcessMemory.residentBytes ?? 0,
        embeddings: decoder.embeddingBytes, requests: requests)
    }
  }

  /// The adapters of a job, in bytes.
  public struct AdapterDemand: Sendable, Hashable {
    private let total: Int
    private let largest: Int
    private let budget: Int

    /// - Parameters:
    ///   - bytes: What each adapter takes once it is loaded.
    ///   - budget: What the adapter cache may keep of adapters that no live request uses.
    public init(bytes: [Int] = [], budget: Int = 0) {
      total = bytes.reduce(0, +)
      largest = bytes.max() ?? 0
      self.budget = budget
    }

    /// What is held while this number of requests is alive, each possibly with its own adapter.
    func bytes(alive requests: Int) -> Int { min(total, max(budget, requests * largest)) }
  }

  /// The peak by its parts, in bytes. Their names stand in `run.json`.
  public struct Parts: Sendable, Hashable, Codable {
    public var resident: Int
    public var embeddings: Int
    public var adapters: Int
    public var scratch: Int
    public var promptCaches: Int
    public var answerCaches: Int
    /// Beginnings that prompts share.
    public var sharedPrefixes = 0
    /// Rows in the pipeline: their texts, tokens and results.
    public var rows: Int

    public var caches: Int { promptCaches + answerCaches }
    public var total: Int {
      resident + embeddings + adapters + scratch + caches + sharedPrefixes + rows
    }

    mutating func limitCaches(to limit: Int) {
      answerCaches = min(answerCaches, limit)
      promptCaches = min(promptCaches, limit - answerCaches)
    }
  }

  public internal(set) var options: EngineOptions
  public internal(set) var parts: Parts
  /// The longest prefill that `parts.scratch` suffices for.
  public let plannedPrefillTokens: Int
  /// How many of the requests need more memory than the limit.
  public internal(set) var refused = 0

  public var peak: Int { parts.total }

  /// Bytes of a few hundred rows in the pipeline beside their caches, and of one row of a small job:
  /// measured.
  private static let (rowBytes, oneRowBytes) = (6 << 20, 16 << 10)

  public init(_ demand: Demand, options: EngineOptions) {
    self.options = options
    let window = SlidingWindowPeak(demand.requests, demand.footprint)
    let alive = window.peak(options)
    let prefills = window.prefillSizes(options)
    let scratch =
      prefills.reduce(0) { $0 + demand.footprint.scratch($1) }
      + options.workers * demand.footprint.scratch(window.decodeSize(options))
    plannedPrefillTokens = prefills.first?.rows ?? 0
    parts = Parts(
      resident: demand.resident, embeddings: demand.embeddings,
      adapters: demand.adapters.bytes(alive: alive.requests), scratch: scratch,
      promptCaches: alive.promptBytes, answerCaches: alive.answerBytes,
      rows: min(Self.rowBytes, demand.requests.count * Self.oneRowBytes))
  }
}
