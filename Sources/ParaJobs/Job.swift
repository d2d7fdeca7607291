public import ParaTensors

/// A job with nothing left open: every default filled in, every name resolved, every path usable.
public struct Job: Sendable, Equatable {
  /// The output folder's last component.
  public var name: String
  /// The job file's path as it was given.
  public var file: String
  /// The model's folder.
  public var model: String
  /// In the file's order.
  public var adapters: [Adapter]
  /// In the file's order.
  public var tasks: [Task]
  /// In the file's order, which is the rows' order.
  public var inputs: [Input]
  public var engine: Engine
  /// The output folder.
  public var output: String

  /// An adapter folder under the name by which inputs ask for it.
  public struct Adapter: Sendable, Equatable {
    /// Stands for the bare model where an adapter's name is expected; no adapter is called so.
    public static let noneName = "none"

    public var name: String
    /// The adapter's folder.
    public var path: String

    public init(name: String, path: String) {
      self.name = name
      self.path = path
    }
  }

  /// How much the engine may take on at a time.
  public struct Engine: Sendable, Equatable {
    /// As many work as there are processors for: others would only wait for each other.
    public var threads: Int
    /// How many prompt tokens one prefill holds.
    public var batchTokens: Int
    /// How many hypotheses are decoded side by side.
    public var maxLanes: Int
    /// Bytes that adapters may take together beside those at work.
    public var adapterMemory: Int
    /// The numbers that products run on.
    public var computeType: ComputeType
    /// The numbers in which keys and values are kept; nil goes with the compute type.
    public var cacheType: KVCacheType?
    /// Bytes that the whole process may take; nil is most of what there is.
    public var memory: Int?

    public init(
      threads: Int, batchTokens: Int = 8192, maxLanes: Int = 192,
      adapterMemory: Int = 1_000_000_000, computeType: ComputeType = .float32,
      cacheType: KVCacheType? = nil, memory: Int? = nil
    ) {
      self.threads = threads
      self.batchTokens = batchTokens
      self.maxLanes = maxLanes
      self.adapterMemory = adapterMemory
      self.computeType = computeType
      self.cacheType = cacheType
      self.memory = memory
    }
  }
}
