import ParaAdapters
public import ParaDecoding
import ParaModel

/// What of a request determines how much memory it takes.
public struct RequestSize: Sendable, Hashable {
  public var promptTokens: Int
  /// Lanes that it occupies at most.
  public var lanes: Int
  /// Tokens of its longest answer.
  public var newTokens: Int
  /// Whether a step may need full rows of logits.
  public var needsFullLogits: Bool
  /// Bytes of the vectors that its adapter computes from the prompt.
  public var vectorBytes: Int

  /// - Parameter continuations: The lengths of the answers to score; empty where one is generated.
  public init(
    promptTokens: Int, settings: GenerationSettings, continuations: [Int] = [], vectorBytes: Int = 0
  ) {
    self.promptTokens = promptTokens
    let generates = continuations.isEmpty
    lanes =
      !generates
      ? continuations.count : settings.doSample ? settings.numReturnSequences : settings.numBeams
    newTokens = continuations.max() ?? settings.maxNewTokens
    needsFullLogits = generates && (settings.doSample || settings.processesLogits)
    self.vectorBytes = vectorBytes
  }

  public init(_ request: GenerationRequest) {
    self.init(
      promptTokens: request.tokens.count, settings: request.settings,
      continuations: request.continuations.map(\.count),
      vectorBytes: request.adapter?.vectorBytes ?? 0)
  }
}

extension ModelFootprint {
  /// Bytes that a request holds from its prefill on.
  func prompt(_ size: RequestSize) -> Int {
    promptCache(tokens: size.promptTokens) + size.vectorBytes
  }

  /// Bytes that its answer adds at full length.
  func answer(_ size: RequestSize) -> Int {
    generatedCache(lanes: size.lanes, newTokens: size.newTokens)
  }
}

extension Engine {
  /// Whether a request may start.
  public enum Admission: Sendable, Hashable {
    /// It holds all the memory that it may need.
    case admitted
    /// There is no free memory for it now.
    case later
    /// It needs more than the limit.
    case refused(needed: Int, limit: Int)
    /// `stopAdmitting` was called.
    case stopped
  }

  /// Reserves the memory of a request until it leaves: its KV caches with an answer of full length
  /// and, where its prompt is longer than the memory plan's longest, the scratch of its prefill.
  ///
  /// - Parameter waits: Waits for free memory instead of returning `later`.
  public func admit(_ request: inout GenerationRequest, waits: Bool) -> Admission {
    let needed = memoryNeed(of: RequestSize(request))
    guard needed <= budget.limit else { return .refused(needed: needed, limit: budget.limit) }
    request.reservation = waits ? budget.reserve(needed) : budget.reserveNow(needed)
    return request.reservation != nil ? .admitted : waits ? .stopped : .later
  }

  /// Wakes all who wait for admission, when a run is over.
  public func stopAdmitting() { budget.cancel() }

  private func memoryNeed(of size: RequestSize) -> Int {
    let footprint = decoder.footprint
    let caches = footprint.prompt(size) + footprint.answer(size)
    guard size.promptTokens > plannedPrefillTokens else { return caches }
    let prefill = ForwardSize(
      rows: size.promptTokens, states: 1, longestPrompt: size.promptTokens,
      needsWholeLogits: size.needsFullLogits, threads: options.threadsPerWorker)
    return caches + footprint.scratch(prefill)
  }
}
