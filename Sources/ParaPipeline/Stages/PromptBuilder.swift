import ParaAdapters
import ParaDecoding
import ParaEngine
import ParaIngest
import ParaModel
import ParaTokenizers

/// Makes prompts of rows: one worker's parsed templates over a shared model.
struct PromptBuilder {
  private let model: LanguageModel
  private let tasks: [String: Rules]

  private struct Rules {
    var prompt: PromptRule
    var references: ReferenceRule?
    var choices: ChoiceRule?
  }

  /// - Throws: `JobTemplateError` naming the task whose template cannot be parsed.
  init(_ tasks: [Job.Task], _ model: LanguageModel) throws {
    self.model = model
    var rules: [String: Rules] = [:]
    for task in tasks {
      do {
        rules[task.name] = Rules(
          prompt: try PromptRule(task.prompt),
          references: try task.target.map(ReferenceRule.init),
          choices: task.choices.map(ChoiceRule.init))
      } catch {
        throw JobTemplateError(task: task.name, reason: "\(error)")
      }
    }
    self.tasks = rules
  }

  func prompt(_ row: SourceRow) throws -> Prompt {
    let rules = try rules(of: row)
    let adapter = try row.adapter.map(adapter)
    let settings = row.generation
    let (tokens, choices, choiceTokens) = try encoded(row, rules)
    return Prompt(
      task: row.task, adapterName: row.adapter, adapter: adapter, tokens: tokens,
      settings: try searchSettings(settings),
      stopStrings: StopStrings(settings.stopStrings, model.tokenizer),
      choices: choices, choiceTokens: choiceTokens,
      references: try rules.references?.references(row.fields) ?? [])
  }

  /// What the row's request will take, its adapter unread.
  func size(_ row: SourceRow, vectorBytes: Int) throws -> RequestSize {
    let (tokens, _, choiceTokens) = try encoded(row, rules(of: row))
    return RequestSize(
      promptTokens: tokens.count, settings: try searchSettings(row.generation),
      continuations: choiceTokens.map(\.count), vectorBytes: vectorBytes)
  }

  private func rules(of row: SourceRow) throws -> Rules {
    guard let rules = tasks[row.task] else { throw PromptError.unknownTask(row.task) }
    return rules
  }

  /// The row's prompt, and its choices with their tokens after it.
  private func encoded(_ row: SourceRow, _ rules: Rules) throws -> (
    tokens: [TokenID], choices: [String], choiceTokens: [[TokenID]]
  ) {
    let text = try rules.prompt.text(of: row.fields, model.tokenizer)
    let encode = { model.tokenizer.encode($0, addingSpecialTokens: rules.prompt.addsSpecialTokens) }
    let tokens = encode(text)
    let choices = try rules.choices?.choices(row.fields) ?? []
    let choiceTokens = try choices.map { choice in
      // Those of the whole beyond the prompt's, as in lm-evaluation-harness.
      let continuation = Array(encode(text + " " + choice).dropFirst(tokens.count))
      guard !continuation.isEmpty else { throw PromptError.emptyChoice(choice) }
      return continuation
    }
    try checkLength(tokens.count, choiceTokens.map(\.count).max() ?? row.generation.maxNewTokens)
    return (tokens, choices, choiceTokens)
  }

  private func checkLength(_ tokens: Int, _ newTokens: Int) throws {
    guard tokens > 0 else { throw PromptError.empty }
    guard tokens + newTokens <= model.decoder.contextLength else {
      throw PromptError.tooLong(
        tokens: tokens, newTokens: newTokens, context: model.decoder.contextLength)
    }
  }

  private func adapter(_ name: String) throws -> AdapterReference {
    do {
      if let adapter = try model.adapters.reference(named: name) { return adapter }
    } catch {
      throw PromptError.unusableAdapter(error)
    }
    throw PromptError.unknownAdapter(name)
  }

  private func searchSettings(_ settings: GenerationSettings) throws -> SearchSettings {
    do {
      return try settings.search(endOfSequence: model.decoder.endOfSequence)
    } catch {
      throw PromptError.search(error)
    }
  }
}
