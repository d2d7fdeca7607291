import Foundation
public import ParaDecoding
public import ParaEngine
public import ParaFlow
public import ParaTokenizers
import Synchronization

/// Searches for answers in continuously running batches: prefilled prompts join and finished ones
/// leave between any two decode steps. Workers share the rows evenly. Rows that take another's answer
/// are sent on once it is known.
public func decode(with engine: Engine, _ tokenizer: Tokenizer) -> Stage<
  Row<Prefilled>, Row<Completion>
> {
  let share = FairShare()
  return Stage("decode", concurrency: engine.options.workers) { input, output in
    var worker = DecodeWorker(engine, tokenizer, share)
    while try worker.joinRows(from: input, output) { try worker.step(sendingTo: output) }
  }
}

/// One worker of the decode stage: its running batch, and the next row to join it.
private struct DecodeWorker {
  private typealias Running = (row: Row<Prompt>, answer: SharedAnswer?)
  private let batch: RunningBatch<Running>
  private let tokenizer: Tokenizer
  private let share: FairShare
  private let index: Int
  /// A row that has no lane yet.
  private var waiting: Row<Prefilled>?
  /// Rows that take another's answer, which is not known yet.
  private var takers: [(row: Row<Prompt>, answer: SharedAnswer)] = []

  init(_ engine: Engine, _ tokenizer: Tokenizer, _ share: FairShare) {
    batch = RunningBatch(engine)
    self.tokenizer = tokenizer
    self.share = share
    index = share.register()
  }

  /// Lets prefilled rows join while the batch has room and this worker has less than its share.
  ///
  /// Blocks on the queue only with nothing to decode.
  ///
  /// - Returns: False when the input has ended and nothing is running or waiting.
  mutating func joinRows(
    from input: StageInput<Row<Prefilled>>, _ output: StageOutput<Row<Completion>>
  ) throws -> Bool {
    if waiting == nil, batch.requestCount == 0, takers.isEmpty {
      guard let next = try input.next() else { return false }
      waiting = next
    }
    while true {
      if waiting == nil,
        share.mayTake(index, running: batch.requestCount, waiting: input.waitingCount),
        case .value(let row) = try input.poll()
      {
        waiting = row
      }
      guard let row = waiting else { break }
      guard let state = row.value.state else {
        waiting = nil
        if let answer = row.value.answer { takers.append((row.map(\.prompt), answer)) }
        continue
      }
      guard batch.hasRoom(for: state) else {
        share.markFull(index)
        break
      }
      batch.join(state, tag: (row.map(\.prompt), row.value.answer))
      waiting = nil
    }
    // With nothing to do but wait for other workers' answers, leave them the processor.
    if batch.requestCount == 0, !takers.isEmpty, !(try sendTakers(to: output)) {
      Thread.sleep(forTimeInterval: 0.001)
    }
    return true
  }

  /// Decodes one step, and sends on the rows that have ended.
  mutating func step(sendingTo output: StageOutput<Row<Completion>>) throws {
    for (running, result) in batch.step() {
      running.answer?.settle(result)
      try send(running.row, result, to: output)
    }
    _ = try sendTakers(to: output)
  }

  /// Sends on the rows whose shared answer is known; false if there were none.
  private mutating func sendTakers(to output: StageOutput<Row<Completion>>) throws -> Bool {
    let before = takers.count
    var others: [(row: Row<Prompt>, answer: SharedAnswer)] = []
    for taker in takers {
      if let result = taker.answer.result {
        try send(taker.row, result, to: output)
      } else {
        others.append(taker)
      }
    }
    takers = others
    return takers.count < before
  }

  private func send(
    _ row: Row<Prompt>, _ result: SharedAnswer.Result, to output: StageOutput<Row<Completion>>
  ) throws {
    switch result {
    case .success(let hypotheses):
      try output.send(row.map { Completion($0, hypotheses, tokenizer) })
    case .failure(let error): try output.fail(row.origin, RequestError.search(error))
    }
  }
}

/// A prompt's answers: its hypotheses, best first, each with its text.
public struct Completion: Sendable {
  public struct Answer: Sendable {
    public var hypothesis: Hypothesis
    /// The generated text without special tokens and what `until` cuts off, its white space as generated.
    public var text: String
  }

  public var prompt: Prompt
  public var answers: [Answer]
  /// The log-probability of each choice, in the order of the choices.
  var choiceScores: [Float] = []

  /// - Parameter hypotheses: Best first; for a multiple-choice prompt one per choice, in the order of
  ///   the choices, which are then ranked by their log-probability.
  init(_ prompt: Prompt, _ hypotheses: [Hypothesis], _ tokenizer: Tokenizer) {
    self.prompt = prompt
    guard !prompt.choices.isEmpty else {
      answers = hypotheses.map {
        Answer(hypothesis: $0, text: tokenizer.decode($0.tokens).cut(at: prompt.until))
      }
      return
    }
    choiceScores = hypotheses.map(\.sumLogProbability)
    let choices = zip(hypotheses, prompt.choices).map { Answer(hypothesis: $0, text: $1) }
    answers = choices.enumerated().sorted {
      (-$0.element.hypothesis.sumLogProbability, $0.offset)
        < (-$1.element.hypothesis.sumLogProbability, $1.offset)
    }.map(\.element)
  }
}

/// Shares a run's rows fairly between its decode workers: no worker takes a row that another has a
/// better claim to. Without it, the first worker would take most rows of a small job and the others
/// would idle.
final class FairShare: Sendable {
  /// The running rows of each worker; nil for one that has no room for more.
  private let rows: Mutex<[Int?]> = Mutex([])

  /// Adds a worker.
  ///
  /// - Returns: Its index.
  func register() -> Int {
    rows.withLock { rows in
      rows.append(0)
      return rows.count - 1
    }
  }

  /// True if the worker has less than its share of all running and waiting rows.
  ///
  /// - Parameters:
  ///   - running: The worker's own rows.
  ///   - waiting: Rows in the queue.
  func mayTake(_ worker: Int, running: Int, waiting: Int) -> Bool {
    rows.withLock { rows in
      rows[worker] = running
      let open = rows.compactMap(\.self)
      return running * open.count < open.reduce(waiting, +)
    }
  }

  /// Marks the worker as having no room, until it asks again.
  func markFull(_ worker: Int) { rows.withLock { $0[worker] = nil } }
}

extension String {
  /// The text before the first of some others that occurs in it, byte for byte.
  func cut(at ends: [String]) -> String {
    let bytes = Array(utf8)
    let starts = ends.filter { !$0.isEmpty }.compactMap {
      bytes.firstRange(of: Array($0.utf8))?.lowerBound
    }
    guard let start = starts.min() else { return self }
    return String(decoding: bytes[..<start], as: UTF8.self)
  }
}
