import ParaAdapters
import ParaDecoding
import ParaEngine
public import ParaFlow
public import ParaJobs
import ParaModel
import ParaPrompts
import ParaTasks
import ParaTokenizers

/// Renders each row's prompt, references and choices, and encodes the prompt as tokens.
///
/// One worker, because examples are drawn for the rows in their order. A row fails when a field is
/// missing, its adapter is unknown or unusable, its target cannot be right, or prompt and answer exceed
/// the model's context.
public func tokenize(_ job: Job, with model: LanguageModel) -> Stage<Row<SourceRow>, Row<Prompt>> {
  Stage("tokenize", capacity: 256) { input, output in
    let builder = try PromptBuilder(job.tasks, inputs: job.inputs, model)
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

/// Turns rows into prompts, in the order of the rows.
final class PromptBuilder {
  private let model: LanguageModel
  private var tasks: [String: TaskPrompts]

  /// - Parameter inputs: Those of the job, of which some hold examples.
  /// - Throws: `IngestError` for the rows that examples are drawn from, if they cannot be read; `ChatTemplateError` for
  ///   a chat format that the vocabulary does not have.
  init(_ tasks: [Job.Task], inputs: [Job.Input] = [], _ model: LanguageModel) throws {
    self.model = model
    self.tasks = try tasks.reduce(into: [:]) {
      $0[$1.name] = try TaskPrompts($1, inputs, model)
    }
  }

  func prompt(_ row: SourceRow) throws -> Prompt {
    let rendered = try rendered(row)
    let adapter = try row.adapter.map(adapter)
    let settings = row.generation
    let (tokens, choiceTokens) = try encoded(rendered, row)
    return Prompt(
      task: row.task, adapterName: row.adapter, adapter: adapter, tokens: tokens,
      settings: try resolved(settings),
      stopStrings: StopStrings(settings.stopStrings + rendered.until, model.tokenizer),
      choices: rendered.choices, choiceTokens: choiceTokens, until: rendered.until,
      references: rendered.references, taskRow: rendered.taskRow, record: row.fields,
      scoredAnswers: tasks[row.task]?.repeats ?? 1)
  }

  /// How much memory the row's request needs, without loading its adapter, and the prompt's tokens.
  func size(_ row: SourceRow, vectorBytes: Int) throws -> (RequestSize, tokens: [TokenID]) {
    let (tokens, choiceTokens) = try encoded(rendered(row), row)
    let size = RequestSize(
      promptTokens: tokens.count, settings: try resolved(row.generation),
      continuations: choiceTokens.map(\.count), vectorBytes: vectorBytes)
    return (size, tokens)
  }

  private func rendered(_ row: SourceRow) throws -> RenderedPrompt {
    guard let rendered = try tasks[row.task]?.render(row) else {
      throw RequestError.unknownTask(row.task)
    }
    return rendered
  }

  /// The prompt's tokens, and those of each choice after it.
  private func encoded(
    _ prompt: RenderedPrompt, _ row: SourceRow
  ) throws -> (tokens: [TokenID], choiceTokens: [[TokenID]]) {
    let encode = try encoder(prompt)
    var tokens = try encode("")
    let choiceTokens = try zip(prompt.continuations, prompt.choices).map { continuation, choice in
      // Encode prompt and choice together, drop the prompt's tokens.
      let tokens = Array(try encode(continuation).dropFirst(tokens.count))
      guard !tokens.isEmpty else { throw RequestError.emptyChoice(choice) }
      return tokens
    }
    if tokens.isEmpty, !prompt.continuations.isEmpty {
      // What the first token of a text follows.
      tokens = (model.tokenizer.beginOfSequence ?? model.tokenizer.endOfSequence).map { [$0] } ?? []
    }
    try checkVocabulary(tokens)
    for tokens in choiceTokens { try checkVocabulary(tokens) }
    try checkLength(tokens.count, choiceTokens.map(\.count).max() ?? row.generation.maxNewTokens)
    return (tokens, choiceTokens)
  }

  /// Encodes the prompt with what follows it.
  private func encoder(
    _ prompt: RenderedPrompt
  ) throws -> (_ continuation: String) throws -> [TokenID] {
    switch prompt.text {
    case .chat(let chat): return { try chat.tokens(followedBy: $0) }
    case .plain(let text):
      // White space at the end of a prompt belongs to the first token of a choice, as in
      // lm-evaluation-harness.
      let end = prompt.continuations.isEmpty ? text.endIndex : text.endBeforeSpace
      let (start, space) = (String(text[..<end]), String(text[end...]))
      return { [model] in
        model.tokenizer.encode(
          $0.isEmpty ? start : start + space + $0, addingSpecialTokens: true,
          specialTokens: prompt.specialTokens)
      }
    }
  }

  /// A tokenizer may have tokens that the model has no embeddings of.
  private func checkVocabulary(_ tokens: [TokenID]) throws {
    guard let token = tokens.first(where: { Int($0) >= model.decoder.vocabularySize }) else {
      return
    }
    throw RequestError.unknownToken(
      model.tokenizer.piece(of: token) ?? "", token, vocabulary: model.decoder.vocabularySize)
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

extension String {
  /// Where the white space at the end begins.
  fileprivate var endBeforeSpace: Index {
    let scalars = unicodeScalars
    return scalars.lastIndex { !$0.properties.isWhitespace && !(0x1C...0x1F).contains($0.value) }
      .map(scalars.index(after:)) ?? startIndex
  }
}
