import ParaIngest
import ParaJSON
import ParaJobs
import ParaPrompts
import ParaTasks
import ParaTokenizers

/// A row's prompt and what its answer is scored by.
struct RenderedPrompt {
  var text: String
  /// Whether the tokenizer adds special tokens; a chat's text has them already.
  var addsSpecialTokens: Bool
  /// The answers to choose from, and what is scored of each behind the prompt; empty for a task that generates.
  var choices: [String] = []
  var continuations: [String] = []
  /// Texts that end an answer and are cut from it.
  var until: [String] = []
  /// The right answers, any of which counts; empty where there is none, or none is known.
  var references: [String] = []
}

/// Renders the rows of one task, in their order, with the examples that are drawn for each.
struct TaskPrompts {
  private let task: Job.Task
  private let chatTemplate: ChatTemplate?
  private var sampler: FewShotSampler
  /// The examples of the pool, rendered when they are first drawn.
  private var examples: [TaskExample?]
  /// The last record, whose examples all its rows have: one a record, whatever the number of adapters.
  private var drawn: (record: Int, examples: [Int])?

  /// - Throws: `IngestError` for the rows that examples are drawn from; `ChatTemplateError` for a chat format that the
  ///   vocabulary does not have.
  init(_ task: Job.Task, _ inputs: [Job.Input], _ tokenizer: Tokenizer) throws {
    self.task = task
    chatTemplate = try task.chat.map { try ChatTemplate($0.format, tokenizer) }
    let settings = task.definition.fewShot
    let count = settings.count(asked: task.fewShotCount)
    sampler = FewShotSampler(
      settings, count: count, pool: count > 0 ? try Self.pool(of: task, inputs) : [],
      seed: task.fewShotSeed)
    examples = Array(repeating: nil, count: sampler.pool.count)
  }

  mutating func render(_ row: SourceRow) throws -> RenderedPrompt {
    let examples = try examples(for: row)
    let options = TaskPromptOptions(
      systemInstruction: task.systemInstruction, chat: task.chat.map { _ in .multipleTurns })
    let rendered = try task.definition.row(row.fields, examples: examples, options: options)
    var prompt = try prompt(of: rendered)
    prompt.until = task.until
    if let chat = task.chat, let chatTemplate {
      let path = FieldPath(chat.field)
      let messages = try path.value(in: row.fields)
      prompt.text = try chatTemplate.text(of: Chat(messages: messages, field: path.name))
      prompt.addsSpecialTokens = false
    }
    return prompt
  }

  private func prompt(of row: TaskRow) throws -> RenderedPrompt {
    var contexts: [TaskContext] = []
    var continuations: [String] = []
    for request in row.requests {
      switch request {
      case .generate(let context): contexts.append(context)
      case .logLikelihood(let context, let continuation):
        if contexts.last != context { contexts.append(context) }
        continuations.append(continuation)
      case .unconditional, .rolling: throw RequestError.unsupportedRequest
      }
    }
    guard contexts.count == 1 else { throw RequestError.unsupportedRequest }
    let text: String =
      switch contexts[0] {
      case .text(let text): text
      case .messages: ""  // a chat's own messages take its place
      }
    let choices = continuations.isEmpty ? [] : row.choices ?? continuations
    return RenderedPrompt(
      text: text, addsSpecialTokens: true, choices: choices, continuations: continuations,
      references: references(row.gold, choices))
  }

  private func references(_ gold: TaskGold, _ choices: [String]) -> [String] {
    switch gold {
    case .unlabelled: []
    case .choices(let indices): indices.map { choices[$0] }
    case .texts(let texts): texts
    }
  }

  // MARK: Examples

  private mutating func examples(for row: SourceRow) throws -> [TaskExample] {
    if drawn?.record != row.record {
      drawn = (row.record, try sampler.examples(for: row.fields))
    }
    return try (drawn?.examples ?? []).map { index in
      if let known = examples[index] { return known }
      let example = try task.definition.example(sampler.pool[index])
      examples[index] = example
      return example
    }
  }

  /// The rows that examples are drawn from: the job's inputs of the task's split for them.
  private static func pool(of task: Job.Task, _ inputs: [Job.Input]) throws -> [JSONObject] {
    guard case .split(let split) = task.definition.fewShot.pool else { return [] }
    var pool: [JSONObject] = []
    for input in inputs where input.task == task.name && task.isPool(input, split: split) {
      var reader = try RecordReader(InputFile(input))
      while let result = reader.next() { pool.append(try result.get().fields) }
    }
    return pool
  }
}

extension Job {
  /// Whether the rows of an input are answered; others are only drawn from as examples.
  func evaluates(_ input: Input) -> Bool {
    tasks.first { $0.name == input.task }?.evaluates(input) ?? true
  }
}

extension Job.Task {
  /// Whether rows of an input are evaluated; others are only drawn from.
  func evaluates(_ input: Job.Input) -> Bool {
    input.split == nil || input.split == definition.data.evaluated
  }

  /// Whether an input's rows are examples: those of the split, or those that are evaluated where it is the same.
  fileprivate func isPool(_ input: Job.Input, split: String?) -> Bool {
    guard let split, split != definition.data.evaluated else { return evaluates(input) }
    return input.split == split
  }
}

extension TaskRowError: RowError {
  package var failureCode: String { code.rawValue }
  package var failureMessage: String { message }
}
