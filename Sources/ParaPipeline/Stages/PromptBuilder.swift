import ParaAdapters
import ParaDecoding
import ParaEngine
import ParaIngest
import ParaJobs
import ParaModel
import ParaPrompts
import ParaTokenizers

/// Makes prompts of rows: one worker's parsed templates over a shared model.
struct PromptBuilder {
  private let model: LanguageModel
  private let tasks: [String: TaskRenderer]
  private let beginOfSequence: String
  private let endOfSequence: String

  /// - Throws: `JobTemplateError` naming the task whose template cannot be parsed.
  init(_ tasks: [Job.Task], _ model: LanguageModel) throws {
    self.model = model
    var renderers: [String: TaskRenderer] = [:]
    for task in tasks {
      do {
        renderers[task.name] = try TaskRenderer(
          prompt: task.prompt, references: task.target, choices: task.choices)
      } catch {
        throw JobTemplateError(task: task.name, reason: "\(error)")
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
      settings: try searchSettings(settings),
      stopStrings: StopStrings(settings.stopStrings, model.tokenizer),
      choices: choices, choiceTokens: choiceTokens,
      references: try task.references(of: row.fields))
  }

  /// What the row's request will take, its adapter unread.
  func size(_ row: SourceRow, vectorBytes: Int) throws -> RequestSize {
    let (tokens, _, choiceTokens) = try encoded(row, renderer(of: row))
    return RequestSize(
      promptTokens: tokens.count, settings: try searchSettings(row.generation),
      continuations: choiceTokens.map(\.count), vectorBytes: vectorBytes)
  }

  private func renderer(of row: SourceRow) throws -> TaskRenderer {
    guard let renderer = tasks[row.task] else { throw RequestError.unknownTask(row.task) }
    return renderer
  }

  /// The row's prompt, and its choices with their tokens after it.
  private func encoded(_ row: SourceRow, _ task: TaskRenderer) throws -> (
    tokens: [TokenID], choices: [String], choiceTokens: [[TokenID]]
  ) {
    let text = try task.prompt(
      of: row.fields, beginOfSequence: beginOfSequence, endOfSequence: endOfSequence)
    let encode = { model.tokenizer.encode($0, addingSpecialTokens: task.addsSpecialTokens) }
    let tokens = encode(text)
    let choices = try task.choices(of: row.fields)
    let choiceTokens = try choices.map { choice in
      // Those of the whole beyond the prompt's, as in lm-evaluation-harness.
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
      throw RequestError.tooLong(
        tokens: tokens, newTokens: newTokens, context: model.decoder.contextLength)
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

  private func searchSettings(_ settings: GenerationSettings) throws -> SearchSettings {
    do {
      return try settings.search(endOfSequence: model.decoder.endOfSequence)
    } catch {
      throw RequestError.search(error)
    }
  }
}
