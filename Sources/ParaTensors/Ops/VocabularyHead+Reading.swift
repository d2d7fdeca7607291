import Foundation
import Synchronization

extension VocabularyHead {
  /// One batch's way through the vocabulary, on which other workers' threads may help.
  final class Reading: @unchecked Sendable {  // each row's numbers of a part have one writer
    let rows: QuantizedActivations
    let queries: [Query]
    /// For each row and part its largest logit and Σ exp(x − largest), [rows, parts, 2].
    private let partials: UnsafeMutablePointer<Float>
    private let parts: Int
    private let unfinished: Atomic<Int>
    private let collectors = Mutex<[Collector]>([])

    init(
      _ rows: QuantizedActivations, _ queries: [Query], partials: UnsafeMutablePointer<Float>,
      parts: Int
    ) {
      self.rows = rows
      self.queries = queries
      self.partials = partials
      self.parts = parts
      unfinished = Atomic(parts)
    }

    func note(_ row: Int, _ part: Int, largest: Float, sumOfExp: Float) {
      let place = partials + (row * parts + part) * 2
      (place[0], place[1]) = (largest, sumOfExp)
    }

    /// A new collector, whose finds count.
    func makeCollector() -> Collector {
      let collector = Collector(queries)
      collectors.withLock { $0.append(collector) }
      return collector
    }

    /// To be called by a part's thread when all else is done.
    func finishPart() { unfinished.subtract(1, ordering: .releasing) }

    /// What was found, once the other threads' last parts have come in.
    func answers() -> [Answer] {
      var wait = SpinWait()
      while unfinished.load(ordering: .acquiring) > 0 { wait.pause() }
      let collectors = collectors.withLock(\.self)
      return queries.indices.map { row in
        let statistics = UnsafeBufferPointer(start: partials + row * parts * 2, count: parts * 2)
        return collectors.answer(row, logSumExp: VocabularyHead.logSumExp(statistics))
      }
    }
  }

  /// One thread's collectors, for the batches that it works for.
  struct Finds {
    private var collectors: [(reading: Reading, collector: Collector, part: Int)] = []

    /// The collector for a batch's part; another one when a round begins anew, as parts come in
    /// rising order.
    mutating func collector(for reading: Reading, part: Int) -> Collector {
      if let index = collectors.lastIndex(where: { $0.reading === reading }),
        collectors[index].part < part
      {
        collectors[index].part = part
        return collectors[index].collector
      }
      collectors.append((reading, reading.makeCollector(), part))
      return collectors[collectors.count - 1].collector
    }
  }

  /// log Σ exp from the parts' (largest, Σ exp(x − largest)), in order.
  static func logSumExp(_ parts: UnsafeBufferPointer<Float>) -> Float {
    var largest = -Float.infinity
    for index in stride(from: 0, to: parts.count, by: 2) { largest = max(largest, parts[index]) }
    guard largest > -.infinity else { return largest }
    var sum = 0.0
    for index in stride(from: 0, to: parts.count, by: 2) where parts[index + 1] != 0 {
      sum += Double(parts[index + 1]) * exp(Double(parts[index] - largest))
    }
    return largest + Float(log(sum))
  }
}
