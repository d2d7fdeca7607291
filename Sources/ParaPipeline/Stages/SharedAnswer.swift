import ParaAdapters
import ParaDecoding
import Synchronization

/// The answer of all rows that ask the same: the same prompt, adapter and settings. The first of them computes it, the
/// others take it.
final class SharedAnswer: Sendable {
  typealias Result = Swift.Result<[Hypothesis], SearchError>

  private let state = Mutex((result: Result?.none, takers: 0))
  private static let mostWaiting = 256

  /// Nil while it is not known.
  var result: Result? { state.withLock(\.result) }

  func settle(_ result: Result) { state.withLock { $0.result = result } }

  /// Whether another row can take it; while it is not known only so many, because waiting rows take memory.
  func take() -> Bool {
    state.withLock { state in
      guard state.result == nil else { return true }
      state.takers += 1
      return state.takers <= Self.mostWaiting
    }
  }
}

/// The answers of the last rows, those that are being computed included.
///
/// An answer that has been dropped, or that too many rows wait for, is computed again: results do not depend on sizes.
final class SharedAnswers: Sendable {
  private struct Table {
    var answers: [AnswerKey: SharedAnswer] = [:]
    /// Their keys; the oldest is at `next` once all places are taken.
    var keys: [AnswerKey] = []
    var next = 0
  }

  private let table = Mutex(Table())
  private let capacity: Int

  init(capacity: Int = 1024) { self.capacity = max(1, capacity) }

  /// The answer that a row can take in place of its own; nil if it must be computed.
  func known(_ key: AnswerKey) -> SharedAnswer? {
    guard let answer = table.withLock({ $0.answers[key] }), answer.take() else { return nil }
    return answer
  }

  /// The answer that a row is about to compute, for others to take.
  func register(_ key: AnswerKey) -> SharedAnswer {
    table.withLock { table in
      let answer = SharedAnswer()
      guard table.answers.updateValue(answer, forKey: key) == nil else { return answer }
      if table.keys.count < capacity {
        table.keys.append(key)
      } else {
        table.answers[table.keys[table.next]] = nil
        table.keys[table.next] = key
        table.next = (table.next + 1) % capacity
      }
      return answer
    }
  }
}

/// All that determines an answer.
struct AnswerKey: Hashable {
  private let tokens: [TokenID]
  private let adapter: String?
  private let settings: GenerationSettings
  private let choices: [[TokenID]]

  /// Nil for a sampled row, whose answer depends on its number too.
  init?(_ prompt: Prompt) {
    guard !prompt.settings.doSample || !prompt.choices.isEmpty else { return nil }
    tokens = prompt.tokens
    adapter = prompt.adapter?.contentHash
    settings = prompt.settings
    choices = prompt.choiceTokens
  }
}
