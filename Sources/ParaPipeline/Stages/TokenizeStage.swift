import ParaAdapters
import ParaDecoding
import ParaEngine
public import ParaFlow
public import ParaJobs
import ParaModel
import ParaPrompts
import ParaTokenizers

/// Renders each row's prompt, references and choices, and encodes the prompt as tokens.
///
/// A row fails when a field is missing, its adapter is unknown or unusable, or prompt and answer
/// exceed the model's context.
public func tokenize(_ tasks: [Job.Task], with model: LanguageModel, concurrency: Int = 1)
  -> Stage<Row<SourceRow>, Row<Prompt>>
{
  Stage("tokenize", concurrency: concurrency, capacity: 256) { input, output in
    let builder = try PromptBuilder(tasks, model)  // one per worker: see TaskRenderer
    while let row = try input.next() {
      let prompt: Row<Prompt>
      do {
        prompt = try row.map(builder.prompt)
      } catch {
        try output.fail(row.origin, error)
        continue
      }
      try output.send(prompt)
    }
  }
}

/// A task whose template cannot be parsed; found before anything runs.
public struct TaskTemplateError: Error, Sendable, CustomStringConvertible {
  public let task: String
  public let reason: String

  public var description: String {
    "The task '\(task)' has a template that cannot be used: \(reason)"
  }
}

/// Turns rows into prompts: the tasks' parsed templates, and the model's tokenizer.
struct PromptBuilder {
  private let model: LanguageModel
  private let tasks: [String: TaskRenderer]
  private let beginOfSequence: String
  private let endOfSequence: String

  /// - Throws: `TaskTemplateError` naming the task whose template cannot be parsed.
  init(_ tasks: [Job.Task], _ model: LanguageModel) throws {
    self.model = model
    var renderers: [String: TaskRenderer] = [:]
    for task in tasks {
      do {
        renderers[task.name] = try TaskRenderer(
          prompt: task.prompt, references: task.target, choices: task.choices)
      } catch {
        throw TaskTemplateError(task: task.name, reason: "\(error)")
      }
    }
    self.tasks = renderers
    let tokenizer = model.tokenizer
    beginOfSequence = tokenizer.beginOfSequence.flatMap(tokenizer.piece) ?? ""
    endOfSequence = tokenizer.endOfSequence.flatMap(tokenizer.piece) ?? ""
  }

  func prompt(_ row: SourceRow) throws -> Prompt {
    let task = try renderer(of: row)
    let adapter = try row.adapter.map(adapter)
    let settings = row.generation
    let (tokens, choices, choiceTokens) = try encoded(row, task)
    return Prompt(
      task: row.task, adapterName: row.adapter, adapter: adapter, tokens: tokens,
      settings: try resolved(settings),
      stopStrings: StopStrings(settings.stopStrings, model.tokenizer),
      choices: choices, choiceTokens: choiceTokens,
      references: try task.references(of: row.fields))
  }

  /// How much memory the row's request needs, without loading its adapter, and the prompt's tokens.
  func size(_ row: SourceRow, vectorBytes: Int) throws -> (RequestSize, tokens: [TokenID]) {
    let (tokens, _, choiceTokens) = try encoded(row, renderer(of: row))
    let size = RequestSize(
      promptTokens: tokens.count, settings: try resolved(row.generation),
      continuations: choiceTokens.map(\.count), vectorBytes: vectorBytes)
    return (size, tokens)
  }

  private func renderer(of row: SourceRow) throws -> TaskRenderer {
    guard let renderer = tasks[row.task] else { throw RequestError.unknownTask(row.task) }
    return renderer
  }

  /// The prompt's tokens, and the choices with their tokens after the prompt.
  private func encoded(_ row: SourceRow, _ task: TaskRenderer) throws -> (
    tokens: [TokenID], choices: [String], choiceTokens: [[TokenID]]
  ) {
    let text = try task.prompt(
      of: row.fields, beginOfSequence: beginOfSequence, endOfSequence: endOfSequence)
    let encode = { model.tokenizer.encode($0, addingSpecialTokens: task.addsSpecialTokens) }
    let tokens = encode(text)
    let choices = try task.choices(of: row.fields)
    let choiceTokens = try choices.map { choice in
      // As in lm-evaluation-harness: encode prompt and choice together, drop the prompt's tokens.
      let continuation = Array(encode(text + " " + choice).dropFirst(tokens.count))
      guard !continuation.isEmpty else { throw RequestError.emptyChoice(choice) }
      return continuation
    }
    try checkLength(tokens.count, choiceTokens.map(\.count).max() ?? row.generation.maxNewTokens)
    return (tokens, choices, choiceTokens)
  }

  private func checkLength(_ tokens: Int, _ newTokens: Int) throws {
    guard tokens > 0 else { throw RequestError.emptyPrompt }
    guard tokens + newTokens <= model.decoder.contextLength else {
      throw RequestError.tooLong(tokens: tokens, newTokens: newTokens, model.decoder)
    }
  }

  private func adapter(_ name: String) throws -> AdapterReference {
    do {
      if let adapter = try model.adapters.reference(named: name) { return adapter }
    } catch {
      throw RequestError.unusableAdapter(error)
    }
    throw RequestError.unknownAdapter(name)
  }

  private func resolved(_ settings: GenerationSettings) throws -> GenerationSettings {
    do {
      var settings = settings
      if settings.endOfSequence.isEmpty { settings.endOfSequence = model.decoder.endOfSequence }
      try settings.validate()
      return settings
    } catch {
      throw RequestError.search(error)
    }
  }
}
