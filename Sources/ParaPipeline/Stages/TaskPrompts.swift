import Foundation
import ParaCheckpoints
import ParaIngest
import ParaJSON
import ParaJobs
import ParaPrompts
import ParaTasks
import ParaTokenizers

/// A row's prompt and what its answer is scored by.
struct RenderedPrompt {
  enum Text {
    /// The tokenizer adds special tokens to it.
    case plain(String)
    /// Has its special tokens already.
    case chat(RenderedChat)
  }

  var text: Text
  /// The answers to choose from, and what is scored of each behind the prompt; empty for a task that generates.
  var choices: [String] = []
  var continuations: [String] = []
  /// What becomes of control tokens that a plain text spells out; nil for what the tokenizer's files say.
  var specialTokens: SpecialTokensInText?
  /// Texts that end an answer and are cut from it.
  var until: [String] = []
  /// The right answers, any of which counts; empty where there is none, or none is known.
  var references: [String] = []
  var taskRow: TaskRow
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

  /// - Throws: `IngestError` for the rows that examples are drawn from; `ChatTemplateError` for a chat template that the
  ///   model does not have or whose control tokens its vocabulary lacks.
  init(_ task: Job.Task, _ inputs: [Job.Input], _ model: LanguageModel) throws {
    self.task = task
    chatTemplate = try task.chat.map { try Self.chatTemplate($0, model) }
    let settings = task.definition.fewShot
    let count = settings.count(asked: task.fewShotCount)
    sampler = FewShotSampler(
      settings, count: count, pool: count > 0 ? try Self.pool(of: task, inputs) : [],
      seed: task.fewShotSeed)
    examples = Array(repeating: nil, count: sampler.pool.count)
  }

  private static func chatTemplate(_ chat: Job.Chat, _ model: LanguageModel) throws -> ChatTemplate
  {
    if let format = chat.format { return try ChatTemplate(format, model.tokenizer) }
    let folder = model.folder.url
    guard let own = try ChatTemplate(modelFolder: folder, model.tokenizer, now: Date()) else {
      throw ChatTemplateError(
        file: folder.path,
        message: "the model has no chat template; name one by the task's 'chat_format'")
    }
    return own
  }

  /// How often each request is made.
  var repeats: Int { task.definition.repeats }

  mutating func render(_ row: SourceRow) throws -> RenderedPrompt {
    let examples = try examples(for: row)
    let turns =
      task.chat?.hasExamplesAsTurns == false ? TaskPromptOptions.Chat.singleTurn : .multipleTurns
    let options = TaskPromptOptions(
      systemInstruction: task.systemInstruction, chat: task.chat.map { _ in turns })
    let rendered = try task.definition.row(row.fields, examples: examples, options: options)
    var prompt = try prompt(of: rendered, row)
    prompt.until = task.until
    prompt.specialTokens = task.specialTokens
    return prompt
  }

  private func prompt(of rendered: TaskRow, _ row: SourceRow) throws -> RenderedPrompt {
    var contexts: [TaskContext] = []
    var continuations: [String] = []
    for request in rendered.requests {
      switch request {
      case .generate(let context): contexts.append(context)
      case .logLikelihood(let context, let continuation):
        if contexts.last != context { contexts.append(context) }
        continuations.append(continuation)
      case .unconditional, .rolling: throw RequestError.unsupportedRequest
      }
    }
    guard contexts.count == 1 else { throw RequestError.unsupportedRequest }
    let choices = continuations.isEmpty ? [] : rendered.choices ?? continuations
    return RenderedPrompt(
      text: try text(of: contexts[0], row), choices: choices, continuations: continuations,
      references: references(rendered.gold, choices), taskRow: rendered)
  }

  /// A plain text, or what the chat template makes of the record's own conversation or of the task's turns.
  private func text(of context: TaskContext, _ row: SourceRow) throws -> RenderedPrompt.Text {
    if let field = task.chat?.field {
      let path = FieldPath(field)
      return try chat(Chat(messages: path.value(in: row.fields), field: path.name))
    }
    switch context {
    case .text(let text): return .plain(text)
    case .messages(let messages, let continuesLast):
      let turns = messages.map {
        JSONValue.object(["role": .string($0.role), "content": .string($0.content)])
      }
      return try chat(
        Chat(
          messages: .array(turns), addsGenerationPrompt: !continuesLast,
          continuedField: continuesLast ? "content" : nil))
    }
  }

  private func chat(_ chat: Chat) throws -> RenderedPrompt.Text {
    guard let chatTemplate else { throw RequestError.unsupportedRequest }
    return .chat(try chatTemplate.rendered(chat, specialTokens: task.specialTokens ?? .parse))
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
