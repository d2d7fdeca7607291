import ParaEngine
import ParaReports

extension PlannedJob: CustomStringConvertible {
  /// A table for people: the peak by what takes it, and what was lowered for it.
  public var description: String {
    let parts = plan.parts
    let rows = [
      ("model and program", parts.resident), ("embeddings", parts.embeddings),
      ("adapters", parts.adapters), ("scratch", parts.scratch),
      ("keys and values of prompts", parts.promptCaches),
      ("keys and values of answers", parts.answerCaches), ("rows on their way", parts.rows),
      ("peak", peak), ("limit", limit),
    ].map { label, bytes in (label, ByteCount(bytes).text) }
    let width = rows.map(\.1.count).max() ?? 0
    let table = rows.map { label, size in
      label.padded(to: 28) + String(repeating: " ", count: width - size.count) + size
    }
    let options = plan.options
    let text = """
      \(options.workers) × \(options.threadsPerWorker) threads, \(options.maximumLanes) lanes and \
      \(options.batchTokens) batch tokens each, \(options.queuedPrompts) prompts waiting; \
      \(hasMoreRows ? "the first" : "all") \(sampledRows) rows looked at
      """
    return (table + [text, lowered].compactMap(\.self)).joined(separator: "\n")
  }

  /// What was lowered to fit, and why; nil if nothing was.
  var lowered: String? {
    let (old, new) = (asked.options, plan.options)
    guard old != new || plan.refused > 0 else { return nil }
    let changes = [
      ("workers", old.workers, new.workers), ("max_lanes", old.maximumLanes, new.maximumLanes),
      ("batch_tokens", old.batchTokens, new.batchTokens),
      ("waiting prompts", old.queuedPrompts, new.queuedPrompts),
    ].filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1) → \($0.2)" }
    let refused = plan.refused > 0 ? "; rows that need more than that will be refused" : ""
    return """
      lowered: \(changes.joined(separator: ", ")), because the job would take \(ByteCount(asked.peak).text) and may \
      take \(ByteCount(limit).text)\(refused)
      """
  }
}

extension String {
  fileprivate func padded(to width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
