import ParaModel

extension Engine {
  /// Whether a request may start.
  public enum Admission: Sendable, Hashable {
    /// It holds all the memory that it may need.
    case admitted
    /// There is no room for it now.
    case later
    /// It needs more than there is at all.
    case refused(needed: Int, limit: Int)
    /// `stopAdmitting` was called.
    case stopped
  }

  /// Reserves memory for a request, which it holds until it leaves: for its caches with an answer of
  /// full length and, where its prompt is longer than any that was planned for, for the scratch of
  /// reading it.
  ///
  /// - Parameter waits: Waits for room instead of answering `later`.
  public func admit(_ request: inout GenerationRequest, waits: Bool) -> Admission {
    let budget = memory.budget
    let needed = need(of: RequestSize(request))
    guard needed <= budget.limit else { return .refused(needed: needed, limit: budget.limit) }
    request.reservation = waits ? budget.reserve(needed) : budget.reserveNow(needed)
    return request.reservation != nil ? .admitted : waits ? .stopped : .later
  }

  /// Wakes those who wait to be admitted, for a run that is over.
  public func stopAdmitting() { memory.budget.cancel() }

  private func need(of size: RequestSize) -> Int {
    let footprint = decoder.footprint
    let own = footprint.prompt(size) + footprint.answer(size)
    guard size.promptTokens > memory.passTokens else { return own }
    let context = ModelFootprint.PassSize(
      rows: size.promptTokens, states: 1, longestPrompt: size.promptTokens,
      needsWholeLogits: size.needsWholeLogits, threads: options.threadsPerWorker)
    return own + footprint.scratch(context)
  }
}
